import { signReport } from '../../test/support/signed-report.ts';
import { batchOf, createDay, daysBefore, MESSAGES_A_DAY } from './day.ts';
import { BY_ID_QUERY, INLINE_QUERY, PAGE_QUERY, PAGE_SIZE } from './page.ts';

export const WEBHOOK_SECRET = 'the webhook secret of the bench';

/** What the load asks for, request by request. */
export type AskKind = 'hot' | 'unique' | 'inline' | 'memory' | 'together' | 'scattered' | 'send' | 'webhook';

export interface Asked {
  readonly path: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Makes the request of a number: no two numbers ask the same, but for `hot`, where all do. */
export type Asker = (number: number) => Asked;

const SEND_QUERY =
  'mutation Send($i: SendSmsInput!) { sendSms(input: $i) { __typename ... on SendResult { recipients { messageId status } summary { totalCost } } } }';
const DAYS = 300;
const NUMBERS = 1_000_000;
/** Has no factor in common with the numbers there are, and keeps neighbours apart: a guard looks for runs of them. */
const STRIDE = 390_107;

export function createAsker(kind: AskKind, dayStartMs: number): Asker {
  if (kind === 'webhook') return webhook;
  const graphql = createGraphqlAsker(kind, dayStartMs);
  return (number) => ({ path: '/graphql', headers: {}, body: JSON.stringify(graphql(number)) });
}

function createGraphqlAsker(
  kind: Exclude<AskKind, 'webhook'>,
  dayStartMs: number,
): (number: number) => object {
  const today = daysBefore(dayStartMs, 0);
  const ids = createDay(dayStartMs, true).rows.map((row) => row.client_message_id);
  const byId = (places: readonly number[]) => ({
    query: BY_ID_QUERY,
    variables: { ids: places.map((place) => ids[place % ids.length]) },
  });
  switch (kind) {
    case 'hot':
      return () => ({ query: PAGE_QUERY, variables: { f: { from: today, to: today } } });
    case 'unique': {
      const narrowed = createFilters(dayStartMs);
      return (number) => ({ query: PAGE_QUERY, variables: { f: narrowed(number) } });
    }
    case 'inline': {
      const narrowed = createFilters(dayStartMs);
      return (number) => {
        const { phoneContains, from, to } = narrowed(number);
        return { query: INLINE_QUERY, variables: { p: phoneContains, d: from, t: to } };
      };
    }
    case 'memory':
      return (number) => byId(Array.from({ length: PAGE_SIZE }, (_, index) => number * 7 + index * 391));
    case 'together':
      return (number) => byId(batchOf(number));
    case 'scattered':
      return (number) =>
        byId(Array.from({ length: 100 }, (_, index) => (index * MESSAGES_A_DAY) / 100 + (number % 100)));
    case 'send':
      return (number) => ({ query: SEND_QUERY, variables: { i: sendInput(number) } });
    default:
      return kind satisfies never;
  }
}

/** Three digits that stand in at least a page of the day's numbers, and the day a while ago that the range begins with. */
function createFilters(dayStartMs: number) {
  const holders = new Map<string, number>();
  for (const { recipient } of createDay(dayStartMs, true).rows)
    for (const digits of new Set(triplesOf(recipient))) holders.set(digits, (holders.get(digits) ?? 0) + 1);
  const full = [...holders.keys()].filter((digits) => (holders.get(digits) ?? 0) >= PAGE_SIZE).sort();
  return (number: number) => ({
    phoneContains: full[number % full.length] ?? '',
    from: daysBefore(dayStartMs, Math.floor(number / full.length) % DAYS),
    to: daysBefore(dayStartMs, 0),
  });
}

const triplesOf = (recipient: string): readonly string[] =>
  Array.from({ length: recipient.length - 3 }, (_, index) => recipient.slice(index + 1, index + 4));

const sendInput = (number: number): object => ({
  to: [`+447911${String((number * STRIDE) % NUMBERS).padStart(6, '0')}`],
  text: `Your code is ${100_000 + (number % 900_000)}`,
  sender: 'MyApp',
  idempotencyKey: `bench-${process.pid}-${number}`,
});

const webhook: Asker = (number) => {
  const stamp = `${Date.now()}${String(number % NUMBERS).padStart(6, '0')}`;
  const messageId = `api_42_${stamp}_${number.toString(16).padStart(16, '0')}`;
  return { path: '/webhooks/delivery', ...signReport({ messageId }, WEBHOOK_SECRET) };
};
