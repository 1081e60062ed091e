import type { MessageQuery } from '../domain/list-query.ts';
import type { Message } from '../domain/message.ts';
import { toError } from '../domain/to-error.ts';
import type { Metrics } from '../metrics.ts';
import { UpstreamContractError } from '../rest/failures/failures.ts';
import { forEachBounded } from '../rest/loaders/for-each-bounded.ts';
import { groupByDay, lookUpDay, type ReadDayPage } from '../rest/loaders/history-lookup.ts';
import type { ProviderSession } from '../rest/provider-session.ts';
import type { Watch } from '../store/store.ts';
import type { CallBudget } from './call-budget.ts';

/** What the provider said of overdue messages. Those in neither member were not asked for: the budget was spent. */
export interface ProviderAnswers {
  /** Null: the provider knows no such message. */
  readonly messages: ReadonlyMap<string, Message | null>;
  /** Its answer made no sense. */
  readonly failedIds: ReadonlySet<string>;
  /** Why the provider could not be asked any further; null when it could. */
  readonly outage: Error | null;
}

export interface AskOptions {
  readonly session: ProviderSession;
  readonly budget: CallBudget;
  readonly metrics: Pick<Metrics, 'reconcilerCalls'>;
  /** Ends the asking as if the budget were spent. */
  readonly signal: AbortSignal;
}

class BudgetSpentError extends Error {
  override readonly name = 'BudgetSpentError';
}

const PAGE_SIZE = 100; // the most the provider gives
const SINGLE_CALLS_AT_ONCE = 10;
const EVERYTHING = { statusGroup: null, phoneContains: null, country: null, sender: null } as const;

/** Asks for overdue messages: pages of the history first, each tells of up to 100; what is left, one by one. */
export async function askProvider(watches: readonly Watch[], options: AskOptions): Promise<ProviderAnswers> {
  const messages = new Map<string, Message | null>();
  const failedIds = new Set<string>();
  const { session, budget, signal } = options;
  const callsBefore = session.cost.calls;
  let taken = 0;
  const spend = (kind: 'page' | 'status') => {
    if (signal.aborted || !budget.tryTake()) throw new BudgetSpentError('No more calls for now.');
    taken += 1;
    options.metrics.reconcilerCalls.inc({ kind });
  };

  try {
    await readPages(watches, messages, session, spend);
    const missing = watches.filter(({ messageId }) => !messages.has(messageId));
    await forEachBounded(missing, SINGLE_CALLS_AT_ONCE, async ({ messageId }) => {
      spend('status');
      try {
        messages.set(messageId, await session.refreshMessage(messageId));
      } catch (error) {
        if (!(error instanceof UpstreamContractError)) throw error;
        failedIds.add(messageId);
      }
    });
    return { messages, failedIds, outage: null };
  } catch (error) {
    const isOverForNow = error instanceof BudgetSpentError || signal.aborted;
    return { messages, failedIds, outage: isOverForNow ? null : toError(error) };
  } finally {
    budget.charge(Math.max(0, session.cost.calls - callsBefore - taken));
  }
}

/** Every row of interest counts at once: it is not lost when the budget ends in the middle of a day. */
async function readPages(
  watches: readonly Watch[],
  messages: Map<string, Message | null>,
  session: ProviderSession,
  spend: (kind: 'page') => void,
): Promise<void> {
  const wanted = new Set(watches.map(({ messageId }) => messageId));
  const readPage: ReadDayPage = async (day, page) => {
    spend('page');
    const query: MessageQuery = { range: { from: day, to: day }, ...EVERYTHING };
    const answer = await session.listMessages(query, { page, limit: PAGE_SIZE, isFresh: true });
    for (const row of answer.rows) if (wanted.has(row.messageId)) messages.set(row.messageId, row);
    return answer;
  };
  for (const [day, ids] of groupByDay(watches)) {
    try {
      await lookUpDay(day, ids, readPage);
    } catch (error) {
      if (!(error instanceof UpstreamContractError)) throw error; // else single calls may still make sense
    }
  }
}
