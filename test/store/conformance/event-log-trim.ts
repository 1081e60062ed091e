import { describe, expect, it } from 'vitest';
import { BEFORE_ALL, comparePositions, type Position, type Store } from '../../../src/store/store.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import type { OpenStoreUnderTest } from '../conformance.ts';
import { useStore } from './use-store.ts';

const msOf = (position: Position | undefined): number => Number(position?.split('-')[0]);

const append = (store: Store, name: string, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      store.log.append('main', deliveryReport({ messageId: `${name}-${index}` })),
    ),
  );

export function describeEventLogTrim(open: OpenStoreUnderTest): void {
  describe('event log, bounds and trimming', () => {
    const under = useStore(open);

    it('has no bounds while it is empty, but an epoch that stays', async () => {
      const bounds = await under.store.log.bounds();
      expect(bounds).toEqual({
        epoch: expect.stringMatching(/./),
        trimmedUpTo: BEFORE_ALL,
        newest: BEFORE_ALL,
      });
      expect(await under.store.log.bounds()).toEqual(bounds);
    });

    it('tells the position of the newest entry', async () => {
      await append(under.store, 'm', 3);
      const entries = await under.store.log.read(BEFORE_ALL, 10);
      expect((await under.store.log.bounds()).newest).toBe(entries.at(-1)?.position);
    });

    it('forgets what is older than the instant, and nothing newer', async () => {
      await append(under.store, 'old', 2500);
      await under.elapse(5);
      const kept = await append(under.store, 'new', 3);
      expect(await under.store.log.trim(msOf(kept[0]?.position))).toBe(2500);
      const left = await under.store.log.read(BEFORE_ALL, 10);
      expect(left.map(({ position }) => position)).toEqual(kept.map(({ position }) => position));
      expect(await under.store.log.trim(msOf(kept[0]?.position))).toBe(0);
    });

    it('forgets the timelines of what it trims', async () => {
      await append(under.store, 'm', 1);
      await under.elapse(5);
      const [late] = await Promise.all([
        under.store.log.append('main', deliveryReport({ messageId: 'm-0', rawStatus: 'UNDELIV' })),
      ]);
      await under.store.log.trim(msOf(late.position));
      const timeline = (await under.store.log.readMessages('main', ['m-0'])).get('m-0');
      expect(timeline?.map(({ position }) => position)).toEqual([late.position]);
    });

    it('takes a report whose entry was trimmed as a new one', async () => {
      const [old] = await append(under.store, 'm', 1);
      await under.store.log.trim(msOf(old?.position) + 1);
      const [again] = await append(under.store, 'm', 1);
      expect(again).toMatchObject({ isDuplicate: false });
      expect((await under.store.log.read(BEFORE_ALL, 10)).map(({ position }) => position)).toEqual([
        again?.position,
      ]);
    });

    it('tells up to where it trimmed: before the oldest that is left', async () => {
      const old = await append(under.store, 'old', 10);
      await under.elapse(5);
      const [kept] = await append(under.store, 'new', 1);
      await under.store.log.trim(msOf(kept?.position));
      const { trimmedUpTo } = await under.store.log.bounds();
      expect(comparePositions(trimmedUpTo, old.at(-1)?.position ?? '')).toBeGreaterThanOrEqual(0);
      expect(comparePositions(trimmedUpTo, kept?.position ?? '')).toBeLessThan(0);
    });

    it('keeps growing positions, and the newest one, when everything was trimmed', async () => {
      const [only] = await append(under.store, 'old', 1);
      expect(await under.store.log.trim(msOf(only?.position) + 1)).toBe(1);
      const emptied = await under.store.log.bounds();
      expect(emptied).toMatchObject({ trimmedUpTo: only?.position, newest: only?.position });
      const reopened = await under.reopen();
      expect(await reopened.log.bounds()).toEqual(emptied);
      const [next] = await append(reopened, 'new', 1);
      expect(comparePositions(next?.position ?? '', only?.position ?? '')).toBeGreaterThan(0);
    });

    it('trims nothing when nothing is old enough', async () => {
      await append(under.store, 'm', 3);
      expect(await under.store.log.trim(1)).toBe(0);
      expect((await under.store.log.bounds()).trimmedUpTo).toBe(BEFORE_ALL);
      expect(await under.store.log.read(BEFORE_ALL, 10)).toHaveLength(3);
    });

    it('reads and follows on from the oldest that is left, for a position that was trimmed', async () => {
      const [first] = await append(under.store, 'old', 5);
      await under.elapse(5);
      const [kept] = await append(under.store, 'new', 1);
      await under.store.log.trim(msOf(kept?.position));
      const left = await under.store.log.read(first?.position ?? '', 10);
      expect(left.map(({ position }) => position)).toEqual([kept?.position]);
    });
  });
}
