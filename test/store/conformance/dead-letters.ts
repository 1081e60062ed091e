import { describe, expect, it } from 'vitest';
import { type DeadLetter, MAX_DEAD_LETTERS } from '../../../src/store/store.ts';
import type { OpenStoreUnderTest } from '../conformance.ts';
import { useStore } from './use-store.ts';

const createLetter = (body: string): DeadLetter => ({
  workspace: 'default',
  receivedAtMs: 1_770_978_600_000,
  reason: 'not JSON',
  body,
});

export function describeDeadLetters(open: OpenStoreUnderTest): void {
  describe('dead letters', () => {
    const under = useStore(open);

    it('keeps what was set aside as it came, the newest first, also after a restart', async () => {
      const letters = [createLetter('{"broken'), createLetter('"“quotes” and \\u0000"\n'), createLetter('')];
      for (const letter of letters) await under.store.deadLetters.add(letter);
      const store = await under.reopen();
      expect(await store.deadLetters.list(10)).toEqual(letters.toReversed());
      expect(await store.deadLetters.list(1)).toEqual(letters.slice(-1));
      expect(await store.deadLetters.list(0)).toEqual([]);
    });

    it('lets the oldest make room', async () => {
      const { deadLetters } = under.store;
      for (let index = 0; index < MAX_DEAD_LETTERS + 3; index += 1)
        await deadLetters.add(createLetter(String(index)));
      const kept = await deadLetters.list(MAX_DEAD_LETTERS + 10);
      expect(kept).toHaveLength(MAX_DEAD_LETTERS);
      expect([kept[0]?.body, kept.at(-1)?.body]).toEqual([String(MAX_DEAD_LETTERS + 2), '3']);
    });
  });
}
