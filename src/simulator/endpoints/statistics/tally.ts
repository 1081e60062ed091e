import type { ExactNumber, JsonValue } from '../../formats/json-text.ts';
import { roundedMicros, roundedNumber } from '../../formats/money.ts';
import type { MessageRecord } from '../../messages/message-record.ts';
import { STATISTICS_STATUS_GROUPS } from '../../messages/message-status.ts';

/** Sums over messages, taken one by one. */
export interface Tally {
  delivered: number;
  undelivered: number;
  pending: number;
  expired: number;
  notBilled: number;
  clicks: number;
  clickedMessages: number;
  actions: number;
  costMicros: number;
}

export const emptyTally = (): Tally => ({
  delivered: 0,
  undelivered: 0,
  pending: 0,
  expired: 0,
  notBilled: 0,
  clicks: 0,
  clickedMessages: 0,
  actions: 0,
  costMicros: 0,
});

type Outcome = 'delivered' | 'undelivered' | 'pending' | 'expired' | 'notBilled';
const OUTCOMES = ['delivered', 'undelivered', 'pending', 'expired'] as const;

/** What failed inside the provider was never sent, nor billed. A status that no group names is still on its way. */
function outcomeOf(status: string): Outcome {
  if (status === 'failed') return 'notBilled';
  return OUTCOMES.find((outcome) => STATISTICS_STATUS_GROUPS[outcome]?.includes(status)) ?? 'pending';
}

export function addToTally(tally: Tally, message: MessageRecord): void {
  tally[outcomeOf(message.status)] += 1;
  tally.costMicros += message.cost;
  if (message.engagement === null) return;
  tally.clicks += message.engagement.clicks;
  tally.clickedMessages += 1;
  if (message.engagement.actionType !== null) tally.actions += 1;
}

const sentCount = (tally: Tally): number =>
  tally.delivered + tally.undelivered + tally.pending + tally.expired;

/** All messages that were counted. */
export const tallySize = (tally: Tally): number => sentCount(tally) + tally.notBilled;

/** Counts messages under the key each of them has; keys given beforehand are there even without messages. */
export function tallyBy<Key>(
  messages: Iterable<MessageRecord>,
  keyOf: (message: MessageRecord) => Key,
  keys: readonly Key[] = [],
): Map<Key, Tally> {
  const tallies = new Map<Key, Tally>(keys.map((key) => [key, emptyTally()]));
  for (const message of messages) {
    const key = keyOf(message);
    const tally = tallies.get(key) ?? emptyTally();
    tallies.set(key, tally);
    addToTally(tally, message);
  }
  return tallies;
}

const percentage = (part: number, whole: number): ExactNumber =>
  roundedNumber(whole === 0 ? 0 : (part / whole) * 100, 2);

/** The counters as the provider writes them. `failed` is an alias of `undelivered`. */
export function countersOf(tally: Tally): { readonly [key: string]: JsonValue } {
  const sent = sentCount(tally);
  const totalSent = tallySize(tally);
  return {
    total_sent: totalSent,
    sent,
    delivered: tally.delivered,
    undelivered: tally.undelivered,
    pending: tally.pending,
    expired: tally.expired,
    not_billed: tally.notBilled,
    failed: tally.undelivered,
    click_count: tally.clicks,
    unique_click_count: tally.clickedMessages,
    action_count: tally.actions,
    sent_rate: percentage(sent, totalSent),
    delivery_rate: percentage(tally.delivered, sent),
    total_cost: roundedMicros(tally.costMicros, 2),
    avg_cost_per_msg: roundedMicros(totalSent === 0 ? 0 : tally.costMicros / totalSent, 4),
  };
}
