import { describe, expect, it } from 'vitest';
import type { Watch } from '../../../src/store/store.ts';
import type { OpenStoreUnderTest } from '../conformance.ts';
import { useStore } from './use-store.ts';

const watch = (messageId: string, dueAtMs: number, changes: Partial<Watch> = {}): Watch => ({
  workspace: 'main',
  messageId,
  sentAtMs: 50,
  dueAtMs,
  attempts: 0,
  ...changes,
});

export function describeWatchList(open: OpenStoreUnderTest): void {
  describe('watch list', () => {
    const under = useStore(open);

    it('lists what is due, most overdue first, no more than asked for', async () => {
      const { watches } = under.store;
      await watches.add([watch('c', 300), watch('a', 100), watch('b', 200)]);
      expect(await watches.due(99, 10)).toEqual([]);
      expect(await watches.due(200, 10)).toEqual([watch('a', 100), watch('b', 200)]);
      expect(await watches.due(900, 2)).toEqual([watch('a', 100), watch('b', 200)]);
      expect(await watches.size()).toBe(3);
    });

    it('lets one that is there already keep its schedule', async () => {
      const { watches } = under.store;
      await watches.add([watch('a', 100, { attempts: 3 })]);
      await watches.add([watch('a', 900), watch('a', 10)]);
      expect(await watches.due(1000, 10)).toEqual([watch('a', 100, { attempts: 3 })]);
      expect(await watches.size()).toBe(1);
    });

    it('moves what is rescheduled', async () => {
      const { watches } = under.store;
      await watches.add([watch('a', 100), watch('b', 200)]);
      await watches.reschedule([watch('a', 500, { attempts: 1 })]);
      expect(await watches.due(400, 10)).toEqual([watch('b', 200)]);
      expect(await watches.due(500, 10)).toEqual([watch('b', 200), watch('a', 500, { attempts: 1 })]);
      expect(await watches.size()).toBe(2);
    });

    it('never brings back by rescheduling what was removed meanwhile', async () => {
      const { watches } = under.store;
      await watches.add([watch('a', 100)]);
      await watches.remove('main', ['a']);
      await watches.reschedule([watch('a', 500)]);
      expect(await watches.due(1000, 10)).toEqual([]);
      expect(await watches.size()).toBe(0);
    });

    it('removes by workspace and message, and minds nothing that is not there', async () => {
      const { watches } = under.store;
      await watches.add([watch('a', 100), watch('b', 100), watch('a', 100, { workspace: 'other' })]);
      await watches.remove('main', ['a', 'none']);
      const left = (await watches.due(1000, 10)).map(({ workspace, messageId }) => [workspace, messageId]);
      expect(left.sort()).toEqual([
        ['main', 'b'],
        ['other', 'a'],
      ]);
    });

    it('holds many, added at once', async () => {
      const { watches } = under.store;
      const many = Array.from({ length: 1200 }, (_, index) => watch(`m-${index}`, index));
      await watches.add(many);
      expect(await watches.size()).toBe(1200);
      expect(await watches.due(5000, 2000)).toEqual(many);
      await watches.remove(
        'main',
        many.map(({ messageId }) => messageId),
      );
      expect(await watches.size()).toBe(0);
    });

    it('shows the watches of one client to the others', async () => {
      const [first, second] = await under.clients(2);
      await first?.watches.add([watch('a', 100)]);
      expect(await second?.watches.due(100, 10)).toEqual([watch('a', 100)]);
    });
  });
}
