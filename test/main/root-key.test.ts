import { describe, expect, it } from 'vitest';
import { openRootKey } from '../../src/main/root-key.ts';

/** Keeps values as a store does, for as long as the test runs. */
function createKeeper() {
  const kept = new Map<string, string>();
  return {
    kept,
    async keep(name: string, value: string) {
      kept.set(name, kept.get(name) ?? value);
      return kept.get(name) ?? value;
    },
  };
}

const withoutSecret = (key: string) => ({ rootKey: Buffer.from(key), hasGatewaySecret: false });
const withSecret = (key: string) => ({ rootKey: Buffer.from(key), hasGatewaySecret: true });

describe('the root key', () => {
  it("stays the store's first one when the provider's key changes", async () => {
    const store = createKeeper();
    const first = await openRootKey(store, withoutSecret('made from the first key'));
    expect(first).toEqual(Buffer.from('made from the first key'));
    expect(await openRootKey(store, withoutSecret('made from another'))).toEqual(first);
  });

  it('is not kept in the store when GATEWAY_SECRET makes it', async () => {
    const store = createKeeper();
    const key = await openRootKey(store, withSecret('made from the secret'));
    expect(key).toEqual(Buffer.from('made from the secret'));
    const values = [...store.kept.values()].join();
    for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const)
      expect(values).not.toContain(key.toString(encoding));
    expect(await openRootKey(store, withSecret('made from the secret'))).toEqual(key);
  });

  it('stays the first one when GATEWAY_SECRET is set later', async () => {
    const store = createKeeper();
    const first = await openRootKey(store, withoutSecret('made from the key'));
    expect(await openRootKey(store, withSecret('made from the secret'))).toEqual(first);
  });

  it.each([
    ['changed', withSecret('made from another secret'), /^GATEWAY_SECRET is not the one/],
    ['taken away', withoutSecret('made from the key'), /^GATEWAY_SECRET is not set/],
  ])('refuses to start when GATEWAY_SECRET was %s, and says what to do', async (_what, config, sentence) => {
    const store = createKeeper();
    await openRootKey(store, withSecret('made from the secret'));
    await expect(openRootKey(store, config)).rejects.toThrow(sentence);
    await expect(openRootKey(store, config)).rejects.toThrow(/Set it to the former value/);
  });
});
