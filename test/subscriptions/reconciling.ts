import { onTestFinished } from 'vitest';
import { createMetrics } from '../../src/metrics.ts';
import { createProvider } from '../../src/rest/provider.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { SimulatorOptions } from '../../src/simulator/simulator-options.ts';
import { BEFORE_ALL, type LogEntry, type Store } from '../../src/store/store.ts';
import {
  createReconciler,
  type Reconciler,
  type ReconcilerOptions,
} from '../../src/subscriptions/reconciler.ts';
import { watchesForSend } from '../../src/subscriptions/watches.ts';
import { KEY, startStill } from '../simulator/support/start-for-test.ts';
import { openTestHub, openTestStore, silentLogger, WORKSPACE } from './support.ts';

/** A provider whose webhooks reach nobody, a store, and what is needed to reconcile the two. */
export interface Reconciling {
  readonly simulator: Simulator;
  readonly store: Store;
  readonly reconciler: Reconciler;
  readonly metrics: ReturnType<typeof createMetrics>;
  now(): number;
  /** Another replica on the same store. */
  startReplica(changed?: Partial<ReconcilerOptions>): Promise<Reconciler>;
  /** Sends one message to each and watches them; returns the ids. */
  send(recipients: readonly string[]): Promise<readonly string[]>;
  /** Lets time pass without anybody reconciling. */
  elapse(ms: number): Promise<void>;
  /** Lets time pass, a round each second, until it is over or everything is found. */
  reconcileFor(ms: number, isEnough?: () => Promise<boolean>): Promise<void>;
  entries(): Promise<readonly LogEntry[]>;
}

export async function openReconciling(options: SimulatorOptions = {}): Promise<Reconciling> {
  const accounts = [{ id: 'acme', balance: '1000000', keys: [{ key: KEY }] }];
  const { simulator, time } = await startStill({ accounts, ...options });
  const store = await openTestStore(time);
  const metrics = createMetrics({ process: false });
  const settings = { workspace: WORKSPACE, baseUrl: simulator.url, apiKey: KEY, apiSecret: null };
  const retry = { baseDelayMs: 1, rateLimitDelayMs: 1, maxDelayMs: 1 };
  const surroundings = { clock: time, logger: silentLogger, metrics };
  const provider = createProvider({ ...settings, ...surroundings, retry });
  onTestFinished(() => provider.close());
  const hub = await openTestHub(store);

  async function startReplica(changed: Partial<ReconcilerOptions> = {}): Promise<Reconciler> {
    const replica = createReconciler({
      ...{ store, hub, providers: new Map([[WORKSPACE, provider]]), processId: 'replica-1', ...surroundings },
      ...changed,
    });
    onTestFinished(() => replica.close());
    return replica;
  }
  const reconciler = await startReplica();

  return {
    simulator,
    store,
    reconciler,
    metrics,
    startReplica,
    now: time.now,
    elapse: time.advance,
    async send(recipients) {
      const session = provider.openSession(new AbortController());
      const request = { to: recipients, text: 'Your code is 1234', sender: 'MyApp' };
      const receipt = await session.sendMessages(request, { replay: null });
      const watches = watchesForSend(receipt, { workspace: WORKSPACE, nowMs: time.now() });
      await store.watches.add(watches);
      return watches.map(({ messageId }) => messageId);
    },
    async reconcileFor(ms, isEnough = async () => false) {
      const untilMs = time.now() + ms;
      while (time.now() < untilMs) {
        await time.advance(1000);
        await reconciler.runOnce();
        if (await isEnough()) return;
      }
    },
    entries: () => store.log.read(BEFORE_ALL, 100_000),
  };
}

/** Numbers of nobody, each its own. */
export const recipientsFrom = (start: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `+1415${String(5_000_000 + start + index)}`);
