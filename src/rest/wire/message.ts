import { z } from 'zod';
import { toInstant } from '../../domain/clock.ts';
import { isGsm7Text } from '../../domain/gsm7-alphabet.ts';
import type { Instant, Message } from '../../domain/message.ts';
import { parseMessageId } from '../../domain/message-id.ts';
import { parseMessageStatus } from '../../domain/message-status.ts';
import {
  optionalCode,
  optionalMoney,
  optionalNumber,
  optionalText,
  toDecimal,
  toInstantOrNull,
  toText,
} from './fields.ts';

const COMMON_MEMBERS = {
  recipient: z.string(),
  sender_id: optionalText,
  message: optionalText,
  status: z.string(),
  status_code: optionalCode,
  segments: optionalNumber,
  cost: optionalMoney,
  created_at: optionalText,
  delivered_at: optionalText,
};

/** A row of the list: the id given at the send is called `client_message_id` here. */
const listedMessage = z.object({ client_message_id: z.string(), ...COMMON_MEMBERS });
/** The answer to a status call. */
const statusAnswer = z.object({ message: z.object({ message_id: z.string(), ...COMMON_MEMBERS }) });

type WireMessage = Omit<z.infer<typeof listedMessage>, 'client_message_id'>;

/** Null when it lacks what no message can do without. */
export function readListedMessage(row: unknown): Message | null {
  const { success, data } = listedMessage.safeParse(row);
  return success ? toMessage(data.client_message_id, data) : null;
}

export function readStatusMessage(body: unknown): Message | null {
  const { success, data } = statusAnswer.safeParse(body);
  return success ? toMessage(data.message.message_id, data.message) : null;
}

function toMessage(messageId: string, wire: WireMessage): Message | null {
  const createdAt = toInstantOrNull(wire.created_at) ?? stampedAt(messageId);
  if (createdAt === null) return null;
  const text = wire.message ?? '';
  return {
    messageId,
    recipient: wire.recipient,
    sender: wire.sender_id ?? '',
    text,
    encoding: isGsm7Text(text) ? 'GSM_7' : 'UCS_2',
    segments: wire.segments ?? null,
    status: parseMessageStatus(wire.status),
    rawStatus: wire.status,
    statusCode: toText(wire.status_code),
    cost: toDecimal(wire.cost),
    createdAt,
    deliveredAt: toInstantOrNull(wire.delivered_at),
  };
}

/** Every id bears the nanosecond of its send. */
function stampedAt(messageId: string): Instant | null {
  const parts = parseMessageId(messageId);
  return parts === null ? null : toInstant(parts.sentAtMs);
}
