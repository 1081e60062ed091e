import { onTestFinished } from 'vitest';
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts';
import type { SimulatorOptions } from '../../../src/simulator/simulator-options.ts';
import { createSimulatedTime, type SimulatedTime } from '../../../src/simulator/time/simulated-time.ts';

/** 2026-02-13T10:30:00Z, the hour of the provider's examples. */
export const EXAMPLE_HOUR_MS = 1_770_978_600_000;

/** The key of the test's only account, `acme`. */
export const KEY = 'sk_prod_acme';

/** A simulator that stands at the example's hour, with one account that has no past; closed after the test. */
export async function startStill(
  options: SimulatorOptions = {},
): Promise<{ simulator: Simulator; time: SimulatedTime }> {
  const time = createSimulatedTime(EXAMPLE_HOUR_MS);
  const accounts = [{ id: 'acme', keys: [{ key: KEY }] }];
  const simulator = await startSimulator({ clock: time, accounts, ...options });
  onTestFinished(() => simulator.close());
  return { simulator, time };
}
