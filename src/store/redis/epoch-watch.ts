import type { Logger } from '../../logger.ts';
import type { Connection } from './connection.ts';
import { PROBE, PROBE_TTL_MS } from './server-probe.ts';
import type { StoreKeys } from './store-keys.ts';

/** Notices that the database was emptied while the gateway runs, or that another one stands behind its name. */
export interface EpochWatch {
  /** Takes note of the epoch that was read just now; null when the log is gone. */
  saw(epoch: string | null): void;
  /** Probes the server, and takes note of what it says. */
  probe(write: Connection['write']): Promise<void>;
  /** The server's clock; null before the first probe. */
  clockMs(): number | null;
  /** What a person must know for a while after the database was emptied. */
  warning(): string | null;
  close(): void;
}

export interface EpochWatchOptions {
  readonly connection: Connection;
  readonly keys: StoreKeys;
  readonly serverName: string;
  readonly logger: Logger;
  readonly onEmptied: () => void;
}

/** A write as well, so that a primary that became a replica is left though nobody writes. */
const CHECK_EVERY_MS = 3000;
/** Long enough to be seen by somebody. */
const WARN_FOR_MS = 10 * 60_000;

const WHAT_IT_COSTS =
  'Idempotency keys that were used before protect no longer: a send that is repeated with one goes out again. ' +
  'The delivery reports, limits and watches of before are gone, and cursors of before are refused.';

export function createEpochWatch(options: EpochWatchOptions): EpochWatch {
  const { connection, keys, serverName, logger, onEmptied } = options;
  let known: string | null = null;
  let emptiedAtMs = Number.NEGATIVE_INFINITY;

  const saw = (epoch: string | null) => {
    const before = known;
    known = epoch;
    if (before === null || before === epoch) return;
    emptiedAtMs = performance.now();
    logger.error(
      { server: serverName },
      `Redis was emptied, or another server stands behind its name. ${WHAT_IT_COSTS}`,
    );
    onEmptied();
  };
  let measured: { readonly timeMs: number; readonly atMs: number } | null = null;
  const probe: EpochWatch['probe'] = async (write) => {
    const reply = await write(PROBE, [keys.probe, keys.epoch], [PROBE_TTL_MS]);
    const [time, epoch = null] = reply as [time: string, epoch?: string | null];
    measured = { timeMs: Number(time), atMs: performance.now() };
    saw(epoch);
  };
  // A server whose memory is full refuses the probe, but may have been emptied all the same.
  const check = () =>
    probe(connection.run).catch(async () =>
      saw((await connection.command('GET', keys.epoch)) as string | null),
    );
  const checkQuietly = () => void check().catch(() => undefined); // of an outage the connection tells
  connection.onRenewed(checkQuietly);
  const timer = setInterval(checkQuietly, CHECK_EVERY_MS).unref();

  return {
    saw,
    probe,
    clockMs: () => (measured === null ? null : measured.timeMs + (performance.now() - measured.atMs)),
    warning: () =>
      performance.now() - emptiedAtMs < WARN_FOR_MS
        ? `Redis at ${serverName} was emptied in the last minutes. ${WHAT_IT_COSTS}`
        : null,
    close: () => clearInterval(timer),
  };
}
