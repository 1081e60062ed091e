import type { Store } from '../../store/store.ts';
import type { Hub } from '../../subscriptions/hub.ts';

export interface Readiness {
  readonly isReady: boolean;
  /** The parts that cannot do their work; empty when ready. */
  readonly failing: readonly ('draining' | 'store' | 'hub')[];
  /** What a person must know though the work is done. */
  readonly warning: string | null;
}

/** A probe that waits for longer counts as a failure with most orchestrators. */
const PING_TIMEOUT_MS = 1_500;

/** Whether new callers should come here. Pings of the store are shared by probes that overlap. */
export function createReadinessCheck(
  { store, hub }: { readonly store: Pick<Store, 'ping' | 'warning'>; readonly hub: Pick<Hub, 'isConnected'> },
  isDraining: () => boolean,
): () => Promise<Readiness> {
  let ping: Promise<boolean> | null = null;
  const canStoreAnswer = (): Promise<boolean> => {
    ping ??= inTime(store.ping()).finally(() => {
      ping = null;
    });
    return ping;
  };

  return async () => {
    const isStoreFine = await canStoreAnswer();
    const failing = [
      ...(isDraining() ? (['draining'] as const) : []),
      ...(isStoreFine ? [] : (['store'] as const)),
      ...(hub.isConnected ? [] : (['hub'] as const)),
    ];
    return { isReady: failing.length === 0, failing, warning: store.warning?.() ?? null };
  };
}

function inTime(answer: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PING_TIMEOUT_MS);
    answer
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer));
  });
}
