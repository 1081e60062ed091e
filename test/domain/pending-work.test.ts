import { describe, expect, it } from 'vitest';
import { createPendingWork } from '../../src/domain/pending-work.ts';
import { createDeferred } from '../support/deferred.ts';

describe('pending work', () => {
  it('is idle when there is none', async () => {
    await createPendingWork().whenIdle();
  });

  it('is waited for until the last one is settled, failed or not, begun before or during the wait', async () => {
    const work = createPendingWork();
    const settled: string[] = [];
    const first = createDeferred();
    const second = createDeferred();
    const tracked = work.track(first.promise);
    const idle = work.whenIdle().then(() => settled.push('idle'));

    work.track(second.promise).then(() => settled.push('second'));
    first.reject(new Error('failed'));
    await expect(tracked).rejects.toThrow('failed');
    expect(settled).toEqual([]);

    second.resolve();
    await idle;
    expect(settled).toEqual(['second', 'idle']);
    expect(work.size).toBe(0);
  });
});
