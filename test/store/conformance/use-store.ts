import { afterEach, beforeEach } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import type { OpenStoreUnderTest, StoreUnderTest } from '../conformance.ts';

/** Gives each test of the group an empty store. The members are valid inside tests only. */
export function useStore(open: OpenStoreUnderTest): StoreUnderTest {
  let current: StoreUnderTest | undefined;
  beforeEach(async () => {
    current = await open();
  });
  afterEach(async () => {
    await current?.dispose();
    current = undefined;
  });
  const get = (): StoreUnderTest => {
    if (current === undefined) throw new Error('The store is there inside tests only.');
    return current;
  };
  return {
    get store(): Store {
      return get().store;
    },
    clients: (count) => get().clients(count),
    reopen: () => get().reopen(),
    elapse: (ms) => get().elapse(ms),
    readDisk: () => get().readDisk(),
    dispose: () => get().dispose(),
  };
}
