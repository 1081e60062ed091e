import { describe, expect, it } from 'vitest';
import { UPSTREAM_LANES, type UpstreamLane } from '../../../src/metrics.ts';
import { createConcurrencyLimit, type ReleasePlace } from '../../../src/rest/resilience/concurrency-limit.ts';

const present = () => new AbortController().signal;
const createLimit = (max: number) => {
  const changes: number[] = [];
  const counts = { places: new Map<UpstreamLane, number>(), waiting: new Map<UpstreamLane, number>() };
  const limit = createConcurrencyLimit({
    max,
    onChange: (change) => changes.push(change),
    onLaneChange: (kind, lane, difference) =>
      counts[kind].set(lane, (counts[kind].get(lane) ?? 0) + difference),
  });
  return { changes, counts, limit };
};
const isSettled = async (promise: Promise<unknown>) => {
  const pending = Symbol('pending');
  await new Promise(setImmediate);
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
};

describe('calls at once', () => {
  it('are at most so many; the next waits its turn', async () => {
    const { limit } = createLimit(2);
    const [first] = [await limit.acquire('send', present()), await limit.acquire('send', present())];
    const [third, fourth] = [limit.acquire('send', present()), limit.acquire('send', present())];
    expect(await isSettled(third)).toBe(false);
    first('ok');
    expect(await isSettled(third)).toBe(true);
    expect(await isSettled(fourth)).toBe(false);
  });

  it('lose their place in the queue when the caller leaves', async () => {
    const { limit } = createLimit(1);
    const release = await limit.acquire('send', present());
    const caller = new AbortController();
    const [leaving, staying] = [limit.acquire('send', caller.signal), limit.acquire('send', present())];
    caller.abort(new Error('hung up'));
    await expect(leaving).rejects.toThrow('hung up');
    release('ok');
    expect(await isSettled(staying)).toBe(true);
  });

  it('are halved by a rate limit, once for all that were under way', async () => {
    const { limit, changes } = createLimit(16);
    const places = await Promise.all(Array.from({ length: 16 }, () => limit.acquire('send', present())));
    for (const release of places) release('rate_limited');
    expect(limit.current).toBe(8);
    expect(changes).toEqual([-8]);
  });

  it('rise again by about one a round of answers, never above the most', async () => {
    const { limit } = createLimit(4);
    (await limit.acquire('send', present()))('rate_limited');
    expect(limit.current).toBe(2);
    for (let answered = 0; answered < 3; answered += 1) (await limit.acquire('send', present()))('ok');
    expect(limit.current).toBe(3);
    for (let answered = 0; answered < 100; answered += 1) (await limit.acquire('send', present()))('ok');
    expect(limit.current).toBe(4);
  });

  it('never fall below one, and faults leave them as they are', async () => {
    const { limit } = createLimit(2);
    for (let refused = 0; refused < 9; refused += 1) (await limit.acquire('send', present()))('rate_limited');
    (await limit.acquire('send', present()))('other');
    expect(limit.current).toBe(1);
  });
});

describe('lanes', () => {
  it('go first by rank: sends, one message, other reads, the rest; those of one lane as they came', async () => {
    const { limit } = createLimit(1);
    const turns: string[] = [];
    const queue = async (name: string, lane: UpstreamLane) => {
      const release = await limit.acquire(lane, present());
      turns.push(name);
      release('ok');
    };
    const first = await limit.acquire('send', present());
    const asked = [
      queue('background', 'background'),
      queue('read 1', 'read'),
      queue('read 2', 'read'),
      queue('status', 'status'),
      queue('send', 'send'),
    ];
    first('ok');
    await Promise.all(asked);
    expect(turns).toEqual(['send', 'status', 'read 1', 'read 2', 'background']);
  });

  it.each([1, 2, 3, 4, 16, 64])('leave a place for sends, of %i, however many reads hang', async (max) => {
    const { limit, counts } = createLimit(max);
    const reads = Array.from({ length: 200 }, () => limit.acquire('read', present()));
    expect(await isSettled(reads[0] ?? Promise.reject())).toBe(true);
    expect(counts.waiting.get('read')).toBeGreaterThanOrEqual(200 - max);
    for (let sent = 0; sent < 100; sent += 1) (await limit.acquire('send', present()))('ok');
    expect(counts.places.get('send')).toBe(0);
  });

  it('leave a place for sends also when rate limits have left next to none', async () => {
    const { limit } = createLimit(64);
    for (let refused = 0; refused < 9; refused += 1) (await limit.acquire('read', present()))('rate_limited');
    expect(limit.current).toBe(1);
    await limit.acquire('read', present());
    const release = await limit.acquire('send', present());
    const next = limit.acquire('send', present());
    expect(await isSettled(next)).toBe(false);
    release('other');
    expect(await isSettled(next)).toBe(true);
  });

  it('let sends have every place that nobody else has', async () => {
    const { limit, counts } = createLimit(16);
    await Promise.all(Array.from({ length: 16 }, () => limit.acquire('send', present())));
    expect(counts.places.get('send')).toBe(16);
    expect(await isSettled(limit.acquire('read', present()))).toBe(false);
  });

  it.each([
    ['sends, statuses and reads', ['send', 'status', 'read']],
    ['statuses and reads', ['status', 'read']],
    ['sends', ['send']],
  ] as const)('give the lowest at least 5 % of the places while %s take all they can', async (_, busy) => {
    const { limit } = createLimit(8);
    const running: ReleasePlace[] = [];
    const handedOut = new Map<UpstreamLane, number>(UPSTREAM_LANES.map((lane) => [lane, 0]));
    const ask = async (lane: UpstreamLane) => {
      const release = await limit.acquire(lane, present());
      handedOut.set(lane, (handedOut.get(lane) ?? 0) + 1);
      running.push(release);
      void ask(lane);
    };
    for (const lane of [...busy, 'background'] as const) void ask(lane);
    for (let ended = 0; ended < 4000; ended += 1) {
      await new Promise(process.nextTick);
      running.shift()?.('ok');
    }
    const total = [...handedOut.values()].reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThanOrEqual(4000);
    expect((handedOut.get('background') ?? 0) / total).toBeGreaterThanOrEqual(0.05);
    for (const lane of busy) expect(handedOut.get(lane)).toBeGreaterThan(total / 25);
  });

  it('are left at once by a caller who hangs up, and counted right whatever happens', async () => {
    const { limit, counts } = createLimit(4);
    const callers = Array.from({ length: 40 }, (_, index) => ({
      lane: UPSTREAM_LANES[index % 4] ?? 'read',
      caller: new AbortController(),
    }));
    const released = callers.map(async ({ lane, caller }) => {
      const release = await limit.acquire(lane, caller.signal);
      release('ok');
    });
    const held = counts.waiting.get('background');
    expect(held).toBeGreaterThan(0);
    for (const { caller, lane } of callers) if (lane !== 'send') caller.abort();
    await Promise.allSettled(released);
    for (const lane of UPSTREAM_LANES) {
      expect(counts.places.get(lane) ?? 0, lane).toBe(0);
      expect(counts.waiting.get(lane) ?? 0, lane).toBe(0);
    }
    expect(await isSettled(limit.acquire('background', present()))).toBe(true);
  });
});
