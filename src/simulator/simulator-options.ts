import type { Clock } from '../domain/clock.ts';
import type { SimulatorRateLimit } from './http/rate-limit.ts';
import type { WorldOptions } from './world/open-world.ts';

export interface SimulatorOptions extends WorldOptions {
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** @default 0: any free port */
  readonly port?: number;
  /** Same seed, same past, same chance. @default 1 */
  readonly seed?: number;
  /** The hour. A `SimulatedTime` also drives everything that is to happen later. @default this machine's clock */
  readonly clock?: Clock;
  readonly rateLimit?: Partial<SimulatorRateLimit>;
}
