import { describe, expect, it } from 'vitest';
import { createSimulatedTime } from '../../../src/simulator/time/simulated-time.ts';
import { createDisposableTime, createRealTime } from '../../../src/simulator/time/simulator-time.ts';

describe('simulated time', () => {
  it('runs what falls due in order, each at its own hour, also what was planned on the way', async () => {
    const time = createSimulatedTime(1_000);
    const seen: string[] = [];
    const note = (name: string) => void seen.push(`${name} ${time.now()}`);
    time.after(300, () => note('third'));
    time.after(100, () => {
      note('first');
      time.after(100, () => note('second'));
    });
    time.after(301, () => note('too late'));
    await time.advance(300);
    expect(seen).toEqual(['first 1100', 'second 1200', 'third 1300']);
    expect([time.now(), time.pendingCount]).toEqual([1_300, 1]);
  });

  it('finishes everything of one instant before it moves on', async () => {
    const time = createSimulatedTime(0);
    const seen: string[] = [];
    time.after(10, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push('slow');
    });
    time.after(10, () => void seen.push('quick'));
    time.after(11, () => void seen.push('later'));
    await time.advance(20);
    expect(seen).toEqual(['quick', 'slow', 'later']);
  });

  it('does not run what was cancelled', async () => {
    const time = createSimulatedTime(0);
    const runs: string[] = [];
    const cancel = time.after(5, () => void runs.push('run'));
    cancel();
    await time.advance(10);
    expect([runs, time.pendingCount]).toEqual([[], 0]);
  });
});

describe('disposable time', () => {
  it('drops what is pending, and plans nothing more', async () => {
    const simulated = createSimulatedTime(0);
    const time = createDisposableTime(simulated);
    const runs: string[] = [];
    time.after(5, () => void runs.push('run'));
    time.dispose();
    time.after(5, () => void runs.push('run'));
    await simulated.advance(10);
    expect(runs).toEqual([]);
  });
});

describe('real time', () => {
  it('waits as long as told, by the clock it was given', async () => {
    const time = createRealTime({ now: () => 42 });
    await new Promise<void>((resolve) => time.after(1, () => resolve()));
    expect(time.now()).toBe(42);
  });
});
