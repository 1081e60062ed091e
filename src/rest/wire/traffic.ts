import { parseMessageId } from '../../domain/message-id.ts';
import { parseMessageStatus } from '../../domain/message-status.ts';
import type { TrafficItem, TrafficItemSource } from '../../domain/traffic-item.ts';
import { codeIn, countIn, filledIn, flagIn, instantIn, isRecord, moneyIn, nameOf, textIn } from './fields.ts';

const SOURCES: Readonly<Record<string, TrafficItemSource>> = {
  api: 'API',
  campaign: 'CAMPAIGN',
  // The filter's word for them.
  broadcasts: 'CAMPAIGN',
};

/** Null when it lacks what no row can do without. */
export function readTrafficItem(row: unknown): TrafficItem | null {
  if (!isRecord(row)) return null;
  const { id, recipient, status } = row;
  if (typeof id !== 'string' && typeof id !== 'number') return null;
  if (typeof recipient !== 'string' || typeof status !== 'string') return null;
  const itemId = String(id);
  const source = nameOf(textIn(row['source']), SOURCES, 'UNRECOGNIZED');
  return {
    itemId,
    messageId: source === 'API' && parseMessageId(itemId) !== null ? itemId : null,
    source,
    recipient,
    sender: filledIn(row['sender_id']),
    text: textIn(row['message']),
    segments: countIn(row['segments']),
    status: parseMessageStatus(status),
    rawStatus: status,
    statusCode: codeIn(row['status_code']),
    cost: moneyIn(row['cost']),
    sentAt: instantIn(row['sent_at']),
    deliveredAt: instantIn(row['delivered_at']),
    isClicked: flagIn(row['clicked']),
    clickedAt: instantIn(row['clicked_at']),
    actionType: filledIn(row['action_type']),
    actionAt: instantIn(row['action_at']),
  };
}
