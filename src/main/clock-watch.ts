import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../logger.ts';
import type { Provider } from '../rest/provider-session.ts';
import type { Store } from '../store/store.ts';

/** Tells when this machine's clock and those that it works with differ. */
export interface ClockWatch {
  /** A sentence for each clock that differs now. */
  warnings(): readonly string[];
  close(): void;
}

export interface ClockWatchOptions {
  readonly store: Pick<Store, 'clockMs'>;
  /** By workspace id. */
  readonly providers: ReadonlyMap<string, Pick<Provider, 'clockMs'>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Sends bear more, and signatures ten times as much; but clocks that are kept in time are never so far apart. */
const TOLERATED_MS = 30_000;
const CHECK_EVERY_MS = 30_000;

export function startClockWatch({ store, providers, clock, logger }: ClockWatchOptions): ClockWatch {
  const warnings = () => {
    const clocks = [
      { name: 'the store', nowMs: store.clockMs?.() ?? null },
      ...Array.from(providers, ([workspace, provider]) => ({
        name: `the provider (workspace ${workspace})`,
        nowMs: provider.clockMs(),
      })),
    ];
    return clocks.flatMap(({ name, nowMs }) => {
      const aheadMs = nowMs === null ? 0 : nowMs - clock.now();
      if (Math.abs(aheadMs) <= TOLERATED_MS) return [];
      const seconds = Math.round(Math.abs(aheadMs) / 1000);
      const direction = aheadMs > 0 ? 'ahead of' : 'behind';
      return [`The clock of ${name} is ${seconds} s ${direction} this machine's: keep both in time (NTP).`];
    });
  };
  let said = '';
  const check = () => {
    const found = warnings();
    const clocks = found.map((warning) => warning.slice(0, warning.indexOf(' is '))).join();
    if (clocks !== said) for (const warning of found) logger.warn(warning);
    said = clocks;
  };
  const timer = setInterval(check, CHECK_EVERY_MS).unref();
  return { warnings, close: () => clearInterval(timer) };
}
