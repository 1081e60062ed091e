import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Provider } from '../rest/provider-session.ts';
import type { Store, Watch } from '../store/store.ts';
import { createCallBudget } from './call-budget.ts';
import type { Hub } from './hub.ts';
import { postponeAll, reconcileWorkspace } from './reconcile-workspace.ts';
import { createReconcilerLease } from './reconciler-lease.ts';
import { collectSettledWatches } from './settled-watches.ts';
import { createWatchSweep } from './watch-sweep.ts';

export interface ReconcilerOptions {
  readonly store: Pick<Store, 'log' | 'watches' | 'leases'>;
  readonly hub: Pick<Hub, 'onEntry'>;
  /** By workspace id. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'reconcilerCalls' | 'reconcilerMessages' | 'reportsAppended' | 'watches'>;
  /** Names this process among the replicas. */
  readonly processId: string;
  /** What the account may call in all; the reconciler keeps to a fifth of it. @default 1000 */
  readonly accountCallsPerSecond?: number;
}

export interface ReconcilerRun {
  /** False: another replica is at it. */
  readonly isMine: boolean;
  readonly dueCount: number;
  readonly recoveredCount: number;
}

export interface Reconciler {
  /** Runs every second from now on. */
  start(): void;
  /** One round: whatever is due, as far as the budget of this second goes. @throws StoreUnavailableError */
  runOnce(): Promise<ReconcilerRun>;
  close(): Promise<void>;
}

const ACCOUNT_CALLS_PER_SECOND = 1000; // documented: about 1,000 over all keys of an account
const SHARE_OF_ACCOUNT = 5;
const INTERVAL_MS = 1000;
/** Shorter than the lease: nobody else begins before this round has ended. */
const MAX_ASKING_MS = 30_000;
const MAX_DUE = 5000;

/** Asks for the final reports that no webhook brought, and appends them to the log. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { store, hub, providers, clock, logger, metrics, processId } = options;
  const { accountCallsPerSecond = ACCOUNT_CALLS_PER_SECOND } = options;
  const budget = createCallBudget(Math.max(1, Math.floor(accountCallsPerSecond / SHARE_OF_ACCOUNT)), clock);
  const lease = createReconcilerLease(store.leases, processId, clock);
  const sweep = createWatchSweep(clock);
  const settled = collectSettledWatches(hub);
  let asking = new AbortController();
  let running: Promise<ReconcilerRun> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  async function reconcileAll(): Promise<ReconcilerRun> {
    const state = await lease.hold();
    if (state === 'elsewhere') {
      settled.drop();
      return { isMine: false, dueCount: 0, recoveredCount: 0 };
    }
    if (state === 'gained') sweep.callFor();
    await settled.forget(store.watches);
    await sweep.run(store.watches);
    const due = await store.watches.due(clock.now(), MAX_DUE);
    const recoveredCount = due.length === 0 ? 0 : await reconcileDue(due);
    metrics.watches.set(await store.watches.size());
    return { isMine: true, dueCount: due.length, recoveredCount };
  }

  async function reconcileDue(due: readonly Watch[]): Promise<number> {
    asking = new AbortController();
    const deadline = setTimeout(() => asking.abort(), MAX_ASKING_MS).unref();
    const parts = { store, clock, logger, metrics, budget, signal: asking.signal };
    const rounds = Array.from(groupByWorkspace(due), async ([workspace, watches]) => {
      const provider = providers.get(workspace);
      if (provider !== undefined) return reconcileWorkspace(watches, provider, parts);
      await postponeAll(workspace, watches, parts);
      return [];
    });
    // All are over before the round is, also when one of them failed.
    const ends = await Promise.allSettled(rounds).finally(() => clearTimeout(deadline));
    sweep.judge(ends.flatMap((end) => (end.status === 'fulfilled' ? end.value : [])));
    return (await Promise.all(rounds)).flat().length;
  }

  function runOnce(): Promise<ReconcilerRun> {
    running ??= reconcileAll()
      .catch((error) => {
        sweep.callFor(); // while the store was away webhooks were turned away too
        throw error;
      })
      .finally(() => {
        running = null;
      });
    return running;
  }

  async function runForever(): Promise<void> {
    try {
      await runOnce();
    } catch (error) {
      logger.warn({ err: error }, 'The reconciler failed; it goes on in a while');
    }
    if (!isClosed) timer = setTimeout(runForever, INTERVAL_MS).unref();
  }

  return {
    start: () => void runForever(),
    runOnce,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      settled.close();
      asking.abort();
      await running?.catch(() => undefined);
      await lease.release().catch(() => undefined); // it runs out by itself
    },
  };
}

function groupByWorkspace(watches: readonly Watch[]): ReadonlyMap<string, readonly Watch[]> {
  const groups = new Map<string, Watch[]>();
  for (const watch of watches) {
    const group = groups.get(watch.workspace);
    if (group === undefined) groups.set(watch.workspace, [watch]);
    else group.push(watch);
  }
  return groups;
}
