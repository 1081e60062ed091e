import type { Script } from './scripted-upstream.ts';
import { json, refusal } from './scripted-upstream.ts';

export interface HistoryMessage {
  readonly messageId: string;
  readonly createdAtMs: number;
}

/** The id of a message, as the provider makes them: all of one send share the nanosecond. */
export const messageIdAt = (epochMs: number, index: number, nanoseconds = 0): string =>
  `api_42_${epochMs}${String(nanoseconds).padStart(6, '0')}_${index.toString(16).padStart(16, '0')}`;

/** A send to that many recipients at one instant. */
export const batchAt = (epochMs: number, size: number, first = 0): readonly HistoryMessage[] =>
  Array.from({ length: size }, (_, index) => ({
    messageId: messageIdAt(epochMs, first + index, 123_456),
    createdAtMs: epochMs,
  }));

/** That many messages, one by one, evenly over a stretch of time. */
export const spreadOver = (fromMs: number, untilMs: number, count: number): readonly HistoryMessage[] =>
  Array.from({ length: count }, (_, index) => {
    const createdAtMs = Math.floor(fromMs + ((untilMs - fromMs) * index) / count);
    return { messageId: messageIdAt(createdAtMs, index, 42), createdAtMs };
  });

/** Answers status and list calls out of a set of messages, newest first, by UTC day. */
export function historyScript(messages: readonly HistoryMessage[]): Script {
  const days = groupByDay(messages.toSorted((left, right) => right.createdAtMs - left.createdAtMs));
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  return (request, ...rest) => {
    const [, statusId] = /\/sms\/status\/(.+)$/.exec(request.path) ?? [];
    if (statusId === undefined) return json(pageOf(days, request.query))(request, ...rest);
    const message = byId.get(statusId);
    if (message === undefined) return refusal(404, 'NOT_FOUND')(request, ...rest);
    return json({ status: true, message: { message_id: statusId, ...rowOf(message) } })(request, ...rest);
  };
}

const secondsOf = (epochMs: number) => `${new Date(epochMs).toISOString().slice(0, 19)}Z`;

const rowOf = ({ createdAtMs }: HistoryMessage) => ({
  recipient: '+14155551234',
  sender_id: 'MyApp',
  message: 'Hello',
  status: 'sent',
  cost: 0.0085,
  created_at: secondsOf(createdAtMs),
});

type Days = ReadonlyMap<string, readonly HistoryMessage[]>;

function groupByDay(newestFirst: readonly HistoryMessage[]): Days {
  const days = new Map<string, HistoryMessage[]>();
  for (const message of newestFirst) {
    const day = secondsOf(message.createdAtMs).slice(0, 10);
    days.set(day, days.get(day) ?? []);
    days.get(day)?.push(message);
  }
  return days;
}

function pageOf(days: Days, query: URLSearchParams) {
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  const [page, limit] = [Number(query.get('page')), Number(query.get('limit'))];
  const rows = Array.from(days).flatMap(([day, ofDay]) => (from <= day && day <= to ? ofDay : []));
  return {
    messages: rows
      .slice((page - 1) * limit, page * limit)
      .map((message) => ({ client_message_id: message.messageId, ...rowOf(message) })),
    total: rows.length,
    page,
    limit,
    total_pages: Math.ceil(rows.length / limit),
  };
}
