/** How fast the simulated network is, all in milliseconds. */
export interface SimulatorTimings {
  /** From acceptance until the carrier has the message. @default 1000 */
  readonly sentAfterMs: number;
  /** From acceptance until its fate is known. @default 5000 */
  readonly deliveredAfterMs: number;
  /** The same for the slow magic number. @default 60000 */
  readonly slowAfterMs: number;
  /** From a first report until a second one that contradicts it. @default 30000 */
  readonly contradictedAfterMs: number;
  /** Waits before the second and the third attempt of a webhook. @default [10000, 30000] */
  readonly webhookRetryWaitsMs: readonly number[];
  /** How long a webhook's receiver may take to answer; counted in real time. @default 5000 */
  readonly webhookTimeoutMs: number;
}

export const DEFAULT_TIMINGS: SimulatorTimings = {
  sentAfterMs: 1_000,
  deliveredAfterMs: 5_000,
  slowAfterMs: 60_000,
  contradictedAfterMs: 30_000,
  webhookRetryWaitsMs: [10_000, 30_000],
  webhookTimeoutMs: 5_000,
};
