import { describe, expect, it } from 'vitest';
import { BEFORE_ALL, type LogEntry, type Position, type Store } from '../../../src/store/store.ts';
import { createDeferred } from '../../support/deferred.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import type { OpenStoreUnderTest } from '../conformance.ts';
import { useStore } from './use-store.ts';

const appendMany = (store: Store, name: string, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      store.log.append('main', deliveryReport({ messageId: `${name}-${index}` })),
    ),
  );

/** Follows until so many entries were heard; `end` stops and tells all that was heard. */
function follow(store: Store, after: Position, count: number) {
  const heard: LogEntry[] = [];
  const enough = createDeferred();
  const aborting = new AbortController();
  const onEntries = (entries: readonly LogEntry[]) => {
    heard.push(...entries);
    if (heard.length >= count) enough.resolve();
  };
  const ended = store.log.tail(after, onEntries, { signal: aborting.signal });
  return {
    heard,
    enough: enough.promise,
    ended,
    async end() {
      aborting.abort();
      await ended;
      return heard;
    },
  };
}

export function describeEventLogTail(open: OpenStoreUnderTest): void {
  describe('event log, followed', () => {
    const under = useStore(open);

    it('hands on what is there, then what comes, from every client, in order and without a gap', async () => {
      const [first, second] = await under.clients(2);
      await appendMany(under.store, 'before', 700);
      const tail = follow(under.store, BEFORE_ALL, 1700);
      await Promise.all([
        appendMany(first ?? under.store, 'a', 500),
        appendMany(second ?? under.store, 'b', 500),
      ]);
      await tail.enough;
      expect(await tail.end()).toEqual(await under.store.log.read(BEFORE_ALL, 2000));
    });

    it('begins after the position it is given', async () => {
      const [, second] = await appendMany(under.store, 'm', 3);
      const tail = follow(under.store, second?.position ?? '', 2);
      await appendMany(under.store, 'n', 1);
      await tail.enough;
      expect((await tail.end()).map(({ report }) => report.messageId)).toEqual(['m-2', 'n-0']);
    });

    it('begins with what comes next when it is given the newest position', async () => {
      await appendMany(under.store, 'm', 3);
      const { newest } = await under.store.log.bounds();
      const tail = follow(under.store, newest, 1);
      await appendMany(under.store, 'n', 1);
      await tail.enough;
      expect((await tail.end()).map(({ report }) => report.messageId)).toEqual(['n-0']);
    });

    it('hands every entry to each of several followers', async () => {
      const tails = Array.from({ length: 3 }, () => follow(under.store, BEFORE_ALL, 50));
      await appendMany(under.store, 'm', 50);
      await Promise.all(tails.map(({ enough }) => enough));
      const all = await under.store.log.read(BEFORE_ALL, 100);
      for (const tail of tails) expect(await tail.end()).toEqual(all);
    });

    it('hands a duplicate on only once', async () => {
      const tail = follow(under.store, BEFORE_ALL, 2);
      await under.store.log.append('main', deliveryReport());
      await under.store.log.append('main', deliveryReport());
      await appendMany(under.store, 'last', 1);
      await tail.enough;
      expect(await tail.end()).toHaveLength(2);
    });

    it('hands nothing on any more after the signal', async () => {
      const tail = follow(under.store, BEFORE_ALL, 1);
      await appendMany(under.store, 'm', 1);
      await tail.enough;
      await tail.end();
      await appendMany(under.store, 'n', 5);
      expect(await under.store.log.read(BEFORE_ALL, 10)).toHaveLength(6);
      expect(tail.heard).toHaveLength(1);
    });

    it('ends at once with a signal that was given before', async () => {
      await appendMany(under.store, 'm', 1);
      const heard: LogEntry[] = [];
      await under.store.log.tail(BEFORE_ALL, (entries) => void heard.push(...entries), {
        signal: AbortSignal.abort(),
      });
      expect(heard).toEqual([]);
    });

    it('ends when the store is closed', async () => {
      const tail = follow(under.store, BEFORE_ALL, 1);
      await appendMany(under.store, 'm', 1);
      await tail.enough;
      await under.store.close();
      await tail.ended;
    });

    it('tells that it has the engine', async () => {
      const told = createDeferred<boolean>();
      const aborting = new AbortController();
      const ended = under.store.log.tail(BEFORE_ALL, () => undefined, {
        signal: aborting.signal,
        onStateChange: told.resolve,
      });
      expect(await told.promise).toBe(true);
      aborting.abort();
      await ended;
    });

    it('ends with the error of its listener', async () => {
      await appendMany(under.store, 'm', 1);
      const fail = () => {
        throw new Error('listener failed');
      };
      const tail = under.store.log.tail(BEFORE_ALL, fail, { signal: new AbortController().signal });
      await expect(tail).rejects.toThrow('listener failed');
    });
  });
}
