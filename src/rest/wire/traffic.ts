import { z } from 'zod';
import { parseMessageId } from '../../domain/message-id.ts';
import { parseMessageStatus } from '../../domain/message-status.ts';
import type { TrafficItem, TrafficItemSource } from '../../domain/traffic-item.ts';
import {
  nameOf,
  optionalCode,
  optionalFlag,
  optionalMoney,
  optionalNumber,
  optionalText,
  toDecimal,
  toInstantOrNull,
  toText,
} from './fields.ts';

const trafficRow = z.object({
  id: z.union([z.string(), z.number()]),
  source: optionalText,
  recipient: z.string(),
  sender_id: optionalText,
  message: optionalText,
  segments: optionalNumber,
  status: z.string(),
  status_code: optionalCode,
  cost: optionalMoney,
  sent_at: optionalText,
  delivered_at: optionalText,
  clicked: optionalFlag,
  clicked_at: optionalText,
  action_type: optionalText,
  action_at: optionalText,
});

const SOURCES: Readonly<Record<string, TrafficItemSource>> = {
  api: 'API',
  campaign: 'CAMPAIGN',
  // The filter's word for them.
  broadcasts: 'CAMPAIGN',
};

export function readTrafficItem(row: unknown): TrafficItem | null {
  const { success, data } = trafficRow.safeParse(row);
  if (!success) return null;
  const itemId = String(data.id);
  const source = nameOf(data.source, SOURCES, 'UNRECOGNIZED');
  return {
    itemId,
    messageId: source === 'API' && parseMessageId(itemId) !== null ? itemId : null,
    source,
    recipient: data.recipient,
    sender: toText(data.sender_id),
    text: data.message ?? null,
    segments: data.segments ?? null,
    status: parseMessageStatus(data.status),
    rawStatus: data.status,
    statusCode: toText(data.status_code),
    cost: toDecimal(data.cost),
    sentAt: toInstantOrNull(data.sent_at),
    deliveredAt: toInstantOrNull(data.delivered_at),
    isClicked: data.clicked ?? null,
    clickedAt: toInstantOrNull(data.clicked_at),
    actionType: toText(data.action_type),
    actionAt: toInstantOrNull(data.action_at),
  };
}
