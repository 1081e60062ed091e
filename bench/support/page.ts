import type { WireRow } from './day.ts';

// What every page of the benchmark asks for and what it must answer: ten fields of each of 25 messages.

export const PAGE_SIZE = 25;
const FIELDS = 'messageId recipient sender text segments status statusCode cost createdAt deliveredAt';

export const PAGE_QUERY = `query Page($f: MessageFilter) { messages(first: ${PAGE_SIZE}, filter: $f) { totalCount nodes { ${FIELDS} } } }`;
/** The variables stand inside a literal. */
export const INLINE_QUERY = `query Page($p: String, $d: Date, $t: Date) { messages(first: ${PAGE_SIZE}, filter: { phoneContains: $p, from: $d, to: $t }) { totalCount nodes { ${FIELDS} } } }`;
export const BY_ID_QUERY = `query Known($ids: [String!]!) { messagesById(messageIds: $ids) { ${FIELDS} } }`;

/** What narrows a page. */
export interface PageFilter {
  readonly phoneContains?: string;
  readonly from: string;
  readonly to: string;
}

/** A page as the provider answers it. */
export interface WirePage {
  readonly messages: readonly WireRow[];
  readonly total: number;
}

/** What a status call answers. */
export interface WireStatus {
  readonly message: Omit<WireRow, 'id' | 'client_message_id'> & { readonly message_id: string };
}

const STATUSES: Readonly<Record<string, string>> = {
  DELIVRD: 'DELIVERED',
  UNDELIV: 'UNDELIVERED',
  sent: 'SENT',
};

/** A message as GraphQL answers it, from a row of a list or the answer to a status call. */
export const toNode = (row: Omit<WireRow, 'id' | 'client_message_id'>, messageId: string): object => ({
  messageId,
  recipient: row.recipient,
  sender: row.sender_id,
  text: row.message,
  segments: row.segments,
  status: STATUSES[row.status],
  statusCode: row.status_code,
  cost: String(row.cost),
  createdAt: toInstant(row.created_at),
  deliveredAt: toInstant(row.delivered_at),
});

const toInstant = (time: string | null): string | null =>
  time === null ? null : `${time.slice(0, 19)}.000Z`;

/** The answer to `PAGE_QUERY` by the provider's page. */
export const toPageData = ({ messages, total }: WirePage): object => ({
  messages: { totalCount: total, nodes: messages.map((row) => toNode(row, row.client_message_id)) },
});

/** Path and query of the provider's page. */
export function pagePath({ phoneContains, from, to }: PageFilter): string {
  const phone = phoneContains === undefined ? '' : `&phone=${encodeURIComponent(phoneContains)}`;
  return `/api/v1/sms/messages?from=${from}&to=${to}${phone}&page=1&limit=${PAGE_SIZE}`;
}
