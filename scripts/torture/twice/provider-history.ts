import { randomBytes } from 'node:crypto';

/** A message that the provider took in. */
export interface AcceptedMessage {
  readonly messageId: string;
  /** As they were sent, whatever the history shows. */
  readonly to: string;
  readonly text: string;
  readonly sender: string;
  /** Of the request that it came with; null when it is somebody else's. */
  readonly postIndex: number | null;
  readonly createdAt: string;
}

/** How the history shows what was sent. */
export interface Spelling {
  sender: (sender: string) => string;
  recipient: (recipient: string) => string;
  text: (text: string) => string;
}

export interface NewMessages {
  readonly to: readonly string[];
  readonly text: string;
  readonly sender: string;
  readonly postIndex: number | null;
  /** How many of them are shown before `release`. @default all */
  readonly rowsAtFirst?: number | undefined;
}

/** Every message of the account, and what the lists show of them. */
export interface ProviderHistory {
  readonly accepted: readonly AcceptedMessage[];
  readonly spelling: Spelling;
  /** Takes in a request: all its messages share the nanosecond of now in their ids. */
  accept(messages: NewMessages): readonly AcceptedMessage[];
  /** Shows every row from now on. */
  release(): void;
  /** `GET /sms/messages`. */
  page(query: URLSearchParams): object;
  /** `GET /sms/status/:id`; null when there is none (yet). */
  status(messageId: string): object | null;
}

const DAY_MS = 86_400_000;
const MAX_LIMIT = 100;
const NANOSECONDS_PER_MS = 1_000_000n;
const COST = 0.0085;

export function createProviderHistory(now: () => number): ProviderHistory {
  const accepted: AcceptedMessage[] = [];
  const hidden = new Set<string>();
  const spelling: Spelling = { sender: asItIs, recipient: asItIs, text: asItIs };
  let lastStamp = 0n;

  /** No two requests share one, however fast they come. */
  const nextStamp = (): bigint => {
    const stamp = BigInt(Math.round(now())) * NANOSECONDS_PER_MS;
    lastStamp = stamp > lastStamp ? stamp : lastStamp + 1n;
    return lastStamp;
  };

  const show = (message: AcceptedMessage, id: number) => ({
    id: id + 1,
    client_message_id: message.messageId,
    recipient: spelling.recipient(message.to),
    sender_id: spelling.sender(message.sender),
    message: spelling.text(message.text),
    status: 'sent',
    status_code: null,
    segments: 1,
    cost: COST,
    created_at: message.createdAt,
    delivered_at: null,
  });

  return {
    accepted,
    spelling,
    accept({ to, rowsAtFirst = to.length, ...message }) {
      const createdAt = `${new Date(now()).toISOString().slice(0, 19)}Z`;
      const stamp = nextStamp();
      const taken = to.map((recipient): AcceptedMessage => {
        const messageId = `api_42_${stamp}_${randomBytes(8).toString('hex')}`;
        return { messageId, ...message, to: recipient, createdAt };
      });
      accepted.push(...taken);
      for (const { messageId } of taken.slice(rowsAtFirst)) hidden.add(messageId);
      return taken;
    },
    release: () => hidden.clear(),
    page(query) {
      const [first, last] = daysOf(query, now());
      const rows = accepted
        .map(show)
        .filter((row) => !hidden.has(row.client_message_id) && isAsked(query, row))
        .filter(({ created_at }) => first <= created_at.slice(0, 10) && created_at.slice(0, 10) <= last)
        .reverse();
      const page = Math.max(1, Number(query.get('page') ?? 1));
      const limit = Math.min(MAX_LIMIT, Number(query.get('limit') ?? 25));
      const messages = rows.slice((page - 1) * limit, page * limit);
      return { messages, total: rows.length, page, limit, total_pages: Math.ceil(rows.length / limit) };
    },
    status(messageId) {
      const id = accepted.findIndex((message) => message.messageId === messageId);
      const message = accepted[id];
      if (message === undefined || hidden.has(messageId)) return null;
      const { id: _id, client_message_id, ...shown } = show(message, id);
      return { message_id: client_message_id, telecom_message_id: `telecom-${id}`, ...shown };
    },
  };
}

const asItIs = (text: string): string => text;

/** The filters look at what is shown. The sender is compared letter by letter, the phone is any part of the number. */
function isAsked(
  query: URLSearchParams,
  row: { readonly recipient: string; readonly sender_id: string },
): boolean {
  const [phone, sender, status] = [query.get('phone'), query.get('sender'), query.get('status')];
  if (phone !== null && !row.recipient.includes(phone)) return false;
  if (sender !== null && row.sender_id !== sender) return false;
  return status === null || status === 'sent' || status === 'pending'; // all are on their way
}

/** The first and the last day that is asked for, in UTC. */
function daysOf(query: URLSearchParams, now: number): readonly [string, string] {
  const [from, to] = [query.get('from'), query.get('to')];
  const period = query.get('period');
  if (period === null && (from !== null || to !== null)) return [from ?? '', to ?? '9999'];
  const today = dayOf(now);
  const lastMonth = dayOf(Date.parse(`${today.slice(0, 7)}-01T00:00:00Z`) - DAY_MS);
  switch (period ?? '7d') {
    case 'today':
      return [today, today];
    case 'yesterday':
      return [dayOf(now - DAY_MS), dayOf(now - DAY_MS)];
    case '30d':
      return [dayOf(now - 29 * DAY_MS), today];
    case 'this_month':
      return [`${today.slice(0, 7)}-01`, today];
    case 'last_month':
      return [`${lastMonth.slice(0, 7)}-01`, lastMonth];
    default:
      return [dayOf(now - 6 * DAY_MS), today];
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
