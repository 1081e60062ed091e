import { formatMicros } from '../../formats/money.ts';
import { isoSeconds, isoSecondsOrNull } from '../../formats/timestamps.ts';
import type { MessageRecord } from '../../messages/message-record.ts';

export const EXPORT_HEADER =
  'id,source,recipient,sender_id,message,status,status_code,cost,sent_at,delivered_at,clicked,clicked_at,action_type,action_at\r\n';

const NEEDS_QUOTES = /[",\r\n]/;

/** A field by RFC 4180. */
const csvField = (value: string): string =>
  NEEDS_QUOTES.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

function csvLine(message: MessageRecord): string {
  const { engagement } = message;
  return `${[
    message.messageId,
    message.source,
    message.recipient,
    message.senderId,
    csvField(message.text),
    message.status,
    message.statusCode ?? '',
    formatMicros(message.cost, 4),
    isoSeconds(message.createdAtMs),
    isoSecondsOrNull(message.deliveredAtMs) ?? '',
    String(engagement !== null),
    isoSecondsOrNull(engagement?.clickedAtMs ?? null) ?? '',
    engagement?.actionType ?? '',
    isoSecondsOrNull(engagement?.actionAtMs ?? null) ?? '',
  ].join(',')}\r\n`;
}

export function* csvLines(messages: Iterable<MessageRecord>): Generator<string> {
  for (const message of messages) yield csvLine(message);
}

/** Rows made up as they are pulled: an export of any length that is never held. */
export function* generatedCsvLines(count: number): Generator<string> {
  for (let row = 1; row <= count; row += 1) {
    const digits = String(row).padStart(9, '0');
    yield `api_42_1770978600${digits}_0000000${digits},api,+447700900${digits.slice(-3)},MyApp,` +
      `"Row ${row}, made for the export",DELIVRD,000,0.0325,2026-02-13T10:30:00Z,2026-02-13T10:30:04Z,false,,,\r\n`;
  }
}
