import { toInstant } from '../../domain/clock.ts';
import { isGsm7Text } from '../../domain/gsm7-alphabet.ts';
import type { Instant, Message } from '../../domain/message.ts';
import { parseMessageId } from '../../domain/message-id.ts';
import { parseMessageStatus } from '../../domain/message-status.ts';
import { codeIn, countIn, instantIn, isRecord, moneyIn, textIn } from './fields.ts';

/** A row of the list, where the id given at the send is called `client_message_id`. Null when it lacks what no message can do without. */
export const readListedMessage = (row: unknown): Message | null =>
  isRecord(row) ? toMessage(row['client_message_id'], row) : null;

/** The answer to a status call. */
export function readStatusMessage(body: unknown): Message | null {
  const message = isRecord(body) ? body['message'] : null;
  return isRecord(message) ? toMessage(message['message_id'], message) : null;
}

// By hand: a page has a hundred rows, and a schema for each costs more than reading it.
function toMessage(messageId: unknown, wire: Readonly<Record<string, unknown>>): Message | null {
  const { recipient, status } = wire;
  if (typeof messageId !== 'string' || typeof recipient !== 'string' || typeof status !== 'string')
    return null;
  const createdAt = instantIn(wire['created_at']) ?? stampedAt(messageId);
  if (createdAt === null) return null;
  const text = textIn(wire['message']) ?? '';
  return {
    messageId,
    recipient,
    sender: textIn(wire['sender_id']) ?? '',
    text,
    encoding: isGsm7Text(text) ? 'GSM_7' : 'UCS_2',
    segments: countIn(wire['segments']),
    status: parseMessageStatus(status),
    rawStatus: status,
    statusCode: codeIn(wire['status_code']),
    cost: moneyIn(wire['cost']),
    createdAt,
    deliveredAt: instantIn(wire['delivered_at']),
  };
}

/** Every id bears the nanosecond of its send. */
function stampedAt(messageId: string): Instant | null {
  const parts = parseMessageId(messageId);
  return parts === null ? null : toInstant(parts.sentAtMs);
}
