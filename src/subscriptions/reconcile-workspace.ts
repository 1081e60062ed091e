import { type Clock, toInstant } from '../domain/clock.ts';
import type { Message } from '../domain/message.ts';
import { isFinalStatus } from '../domain/message-status.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Provider } from '../rest/provider-session.ts';
import type { Store, Watch } from '../store/store.ts';
import { askProvider, type ProviderAnswers } from './ask-provider.ts';
import type { CallBudget } from './call-budget.ts';
import { toRecoveredReport } from './recovered-report.ts';
import { findSettled } from './settled-messages.ts';
import { postponeWatch, rescheduleWatch } from './watch-schedule.ts';

export interface ReconcileParts {
  readonly store: Pick<Store, 'log' | 'watches'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'reconcilerCalls' | 'reconcilerMessages' | 'reportsAppended'>;
  readonly budget: CallBudget;
  readonly signal: AbortSignal;
}

const APPENDS_AT_ONCE = 100;
/** A message that the provider does not know at the third time of asking never was, or is no longer kept. */
const LAST_ATTEMPT_FOR_GONE = 2;

/** What became of a watch: asked again at `next`, or forgotten when that is null. */
interface Conclusion {
  readonly outcome: 'recovered' | 'waiting' | 'gone' | 'given_up' | 'failed';
  readonly next: Watch | null;
}

/**
 * Asks one workspace's provider for its overdue messages, as far as the budget goes. Final ones enter the log, the others are
 * rescheduled; what was not asked for stays due. Returns the messages that were recovered.
 *
 * @throws StoreUnavailableError; then everything stays due
 */
export async function reconcileWorkspace(
  due: readonly Watch[],
  provider: Provider,
  parts: ReconcileParts,
): Promise<readonly Message[]> {
  const { workspace } = provider;
  const open = await forgetSettled(workspace, due, parts);
  if (open.length === 0) return [];
  const session = provider.openSession(parts, { lane: 'background' });
  const answers = await askProvider(open, { ...parts, session });
  if (answers.outage !== null)
    parts.logger.warn(
      { err: answers.outage, workspace },
      'Overdue messages cannot be asked for; trying again soon',
    );

  const finals = [...answers.messages.values()].filter(
    (message) => message !== null && isFinalStatus(message.status),
  ) as readonly Message[];
  await appendRecovered(workspace, finals, parts);
  await concludeWatches(workspace, open, answers, parts);
  return finals;
}

/** Those that are still open; what a webhook settled meanwhile is watched no longer. */
async function forgetSettled(
  workspace: string,
  due: readonly Watch[],
  { store }: ReconcileParts,
): Promise<readonly Watch[]> {
  const ids = due.map(({ messageId }) => messageId);
  const settled = await findSettled(store.log, workspace, ids);
  if (settled.size > 0) await store.watches.remove(workspace, [...settled]);
  return due.filter(({ messageId }) => !settled.has(messageId));
}

async function appendRecovered(
  workspace: string,
  finals: readonly Message[],
  { store, clock, metrics }: ReconcileParts,
): Promise<void> {
  const foundAt = toInstant(clock.now());
  for (let start = 0; start < finals.length; start += APPENDS_AT_ONCE) {
    const some = finals.slice(start, start + APPENDS_AT_ONCE);
    // Once more: while the provider was asked, a webhook may have come.
    const ids = some.map(({ messageId }) => messageId);
    const settled = await findSettled(store.log, workspace, ids);
    const missing = some.filter(({ messageId }) => !settled.has(messageId));
    await Promise.all(
      missing.map((message) => store.log.append(workspace, toRecoveredReport(message, foundAt))),
    );
    if (missing.length > 0) metrics.reportsAppended.inc({ source: 'reconciler' }, missing.length);
  }
}

async function concludeWatches(
  workspace: string,
  open: readonly Watch[],
  answers: ProviderAnswers,
  { store, clock, metrics }: ReconcileParts,
): Promise<void> {
  const forgotten: string[] = [];
  const rescheduled: Watch[] = [];
  for (const watch of open) {
    const conclusion = concludeWatch(watch, answers, clock.now());
    if (conclusion === null) continue;
    metrics.reconcilerMessages.inc({ outcome: conclusion.outcome });
    if (conclusion.next === null) forgotten.push(watch.messageId);
    else rescheduled.push(conclusion.next);
  }
  if (forgotten.length > 0) await store.watches.remove(workspace, forgotten);
  if (rescheduled.length > 0) await store.watches.reschedule(rescheduled);
}

/** For a workspace that is configured no longer: its watches run out by themselves. */
export const postponeAll = (workspace: string, due: readonly Watch[], parts: ReconcileParts): Promise<void> =>
  concludeWatches(workspace, due, NOBODY_TO_ASK, parts);

const NOBODY_TO_ASK: ProviderAnswers = {
  messages: new Map(),
  failedIds: new Set(),
  outage: new Error('The workspace is not configured.'),
};

/** Null: it was not asked for and stays due. */
function concludeWatch(watch: Watch, answers: ProviderAnswers, nowMs: number): Conclusion | null {
  const { messages, failedIds, outage } = answers;
  const message = messages.get(watch.messageId);
  if (message === undefined) {
    if (failedIds.has(watch.messageId)) return { outcome: 'failed', next: rescheduleWatch(watch, nowMs) };
    return outage === null ? null : { outcome: 'failed', next: postponeWatch(watch, nowMs) };
  }
  if (message !== null && isFinalStatus(message.status)) return { outcome: 'recovered', next: null };
  if (message === null && watch.attempts >= LAST_ATTEMPT_FOR_GONE) return { outcome: 'gone', next: null };
  const next = rescheduleWatch(watch, nowMs);
  return { outcome: next === null ? 'given_up' : 'waiting', next };
}
