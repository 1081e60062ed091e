import { type Store, StoreUnavailableError } from '../../store/store.ts';
import type { Hub } from '../../subscriptions/hub.ts';

/** Also the body of `/readyz`, with `status` before it. */
export interface Readiness {
  readonly isReady: boolean;
  /** The parts that cannot do their work; empty when ready. */
  readonly failing: readonly ('draining' | 'store' | 'hub')[];
  /** Why a part fails, in a sentence, where more is known than that it does. */
  readonly causes: { readonly store?: string };
  /** What an operator should look at though it keeps nobody from being served. */
  readonly warnings: readonly string[];
}

/** A probe that waits for longer counts as a failure with most orchestrators. */
const PING_TIMEOUT_MS = 1_500;

export interface ReadinessParts {
  readonly store: Pick<Store, 'ping' | 'warning'>;
  readonly hub: Pick<Hub, 'isConnected'>;
  /** Asked at each check; they change nothing about who is served. @default none */
  readonly readinessWarnings?: () => readonly string[];
}

/** Whether new callers should come here. Pings of the store are shared by probes that overlap. */
export function createReadinessCheck(
  { store, hub, readinessWarnings = () => [] }: ReadinessParts,
  isDraining: () => boolean,
): () => Promise<Readiness> {
  let ping: Promise<string | null> | null = null;
  const whyStoreFails = (): Promise<string | null> => {
    ping ??= inTime(store.ping()).finally(() => {
      ping = null;
    });
    return ping;
  };

  return async () => {
    const storeFailure = await whyStoreFails();
    const failing = [
      ...(isDraining() ? (['draining'] as const) : []),
      ...(storeFailure === null ? [] : (['store'] as const)),
      ...(hub.isConnected ? [] : (['hub'] as const)),
    ];
    return {
      isReady: failing.length === 0,
      failing,
      causes: storeFailure === null ? {} : { store: storeFailure },
      warnings: [store.warning?.() ?? null, ...readinessWarnings()].filter((warning) => warning !== null),
    };
  };
}

/** Null when the answer came in time. */
function inTime(answer: Promise<void>): Promise<string | null> {
  return new Promise((resolve) => {
    const tooSlow = `The store did not answer within ${PING_TIMEOUT_MS} ms.`;
    const timer = setTimeout(() => resolve(tooSlow), PING_TIMEOUT_MS);
    answer
      .then(
        () => resolve(null),
        (error: unknown) => resolve(causeOf(error)),
      )
      .finally(() => clearTimeout(timer));
  });
}

/** The probe is open to all who reach the port: an error that nobody foresaw may say more than it should. */
const causeOf = (error: unknown): string =>
  error instanceof StoreUnavailableError ? error.message : 'The store failed in a way that is not known.';
