import { constants, setPriority } from 'node:os';
import { CREWS, type Lane } from './corpus.ts';
import type { Target } from './target.ts';

// A process of its own: what the attacks cost their sender must not slow the client that they are measured by.

/** How one attack went. */
export interface AttackReport {
  readonly attack: string;
  readonly findings: readonly string[];
  readonly tookMs: number;
}

export interface AttackOrder {
  /** Which of the crews this process is. */
  readonly crew: number;
  readonly target: Target;
  /** Nothing new is begun after that; every attack runs at least once. */
  readonly seconds: number;
}

process.once('message', (order: AttackOrder) => {
  if (order.target.isShort) setPriority(constants.priority.PRIORITY_LOW);
  const lanes = CREWS[order.crew] ?? [];
  void Promise.all(lanes.map((lane) => runLane(lane, order))).then(() => process.disconnect());
});

async function runLane(lane: Lane, { target, seconds }: AttackOrder): Promise<void> {
  const endMs = performance.now() + seconds * 1000;
  for (let round = 1; round === 1 || performance.now() < endMs; round++)
    for (const attack of lane) {
      if (round > 1 && performance.now() >= endMs) return;
      const startedAt = performance.now();
      const findings = await attack.run(target).catch((error: unknown) => [`It broke off: ${String(error)}`]);
      const report: AttackReport = { attack: attack.name, findings, tookMs: performance.now() - startedAt };
      await new Promise((resolve) => process.send?.(report, resolve));
    }
}
