import type { Clock } from '../domain/clock.ts';
import type { SimulatorAccount, SimulatorHistory } from './accounts/simulator-account.ts';
import type { SimulatorRateLimit } from './http/rate-limit.ts';
import type { SimulatorTimings } from './time/timings.ts';

export interface SimulatorOptions {
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 0: any free port */
  readonly port?: number;
  /** Same seed, same past, same chance. @default 1 */
  readonly seed?: number;
  /** The hour. A `SimulatedTime` also drives everything that is to happen later. @default this machine's clock */
  readonly clock?: Clock;
  /** @default one: SANDBOX_ACCOUNT */
  readonly accounts?: readonly SimulatorAccount[];
  /** The past of accounts that name none of their own. @default none */
  readonly history?: SimulatorHistory;
  readonly timings?: Partial<SimulatorTimings>;
  readonly rateLimit?: Partial<SimulatorRateLimit>;
}
