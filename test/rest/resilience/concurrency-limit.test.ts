import { describe, expect, it } from 'vitest';
import { createConcurrencyLimit } from '../../../src/rest/resilience/concurrency-limit.ts';

const present = () => new AbortController().signal;
const createLimit = (max: number) => {
  const changes: number[] = [];
  return { changes, limit: createConcurrencyLimit({ max, onChange: (change) => changes.push(change) }) };
};
const isSettled = async (promise: Promise<unknown>) => {
  const pending = Symbol('pending');
  await new Promise(setImmediate);
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
};

describe('calls at once', () => {
  it('are at most so many; the next waits its turn', async () => {
    const { limit } = createLimit(2);
    const [first] = [await limit.acquire(present()), await limit.acquire(present())];
    const [third, fourth] = [limit.acquire(present()), limit.acquire(present())];
    expect(await isSettled(third)).toBe(false);
    first('ok');
    expect(await isSettled(third)).toBe(true);
    expect(await isSettled(fourth)).toBe(false);
  });

  it('lose their place in the queue when the caller leaves', async () => {
    const { limit } = createLimit(1);
    const release = await limit.acquire(present());
    const caller = new AbortController();
    const [leaving, staying] = [limit.acquire(caller.signal), limit.acquire(present())];
    caller.abort(new Error('hung up'));
    await expect(leaving).rejects.toThrow('hung up');
    release('ok');
    expect(await isSettled(staying)).toBe(true);
  });

  it('are halved by a rate limit, once for all that were under way', async () => {
    const { limit, changes } = createLimit(16);
    const places = await Promise.all(Array.from({ length: 16 }, () => limit.acquire(present())));
    for (const release of places) release('rate_limited');
    expect(limit.current).toBe(8);
    expect(changes).toEqual([-8]);
  });

  it('rise again by about one a round of answers, never above the most', async () => {
    const { limit } = createLimit(4);
    (await limit.acquire(present()))('rate_limited');
    expect(limit.current).toBe(2);
    for (let answered = 0; answered < 3; answered += 1) (await limit.acquire(present()))('ok');
    expect(limit.current).toBe(3);
    for (let answered = 0; answered < 100; answered += 1) (await limit.acquire(present()))('ok');
    expect(limit.current).toBe(4);
  });

  it('never fall below one, and faults leave them as they are', async () => {
    const { limit } = createLimit(2);
    for (let refused = 0; refused < 9; refused += 1) (await limit.acquire(present()))('rate_limited');
    (await limit.acquire(present()))('other');
    expect(limit.current).toBe(1);
  });
});
