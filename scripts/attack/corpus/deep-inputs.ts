import type { QueryAttack } from '../query-attack.ts';

/** Values that JSON.stringify could not write. */
class RawJson {
  constructor(readonly json: string) {}
}
const nestList = (depth: number) => new RawJson(`${'['.repeat(depth)}"x"${']'.repeat(depth)}`);
const nestObject = (depth: number) => new RawJson(`${'{"input":'.repeat(depth)}"x"${'}'.repeat(depth)}`);

const IDS = 'query($v: [String!]!) { messagesById(messageIds: $v) { messageId } }';
const FILTER = 'query($v: MessageFilter) { messages(filter: $v) { totalCount } }';
const SEND = 'mutation($v: SendSmsInput!) { sendSms(input: $v) { __typename } }';
const FIRST = 'query($v: Int!) { messages(first: $v) { totalCount } }';
const input = (changes: Readonly<Record<string, unknown>>) => ({
  ...{ to: ['+447900000002'], text: 'x', sender: 'Attack' },
  ...changes,
});

const REFUSED: Readonly<Record<string, readonly [query: string, value: unknown]>> = {
  'a list 10,000 deep': [IDS, nestList(10_000)],
  'an object 8,000 deep': [FILTER, nestObject(8_000)],
  'a list where a text belongs': [IDS, [['x']]],
  'ten thousand ids': [IDS, Array.from({ length: 10_000 }, (_, index) => `id-${index}`)],
  'a hundred and one ids': [IDS, Array.from({ length: 101 }, (_, index) => `id-${index}`)],
  'a number beyond Int': [FIRST, 2 ** 40],
  'a fraction': [FIRST, 1.5],
  'a million rows': [FIRST, 1_000_000],
  'not a number': [FIRST, 'Infinity'],
  'an object for a list': [SEND, input({ to: { length: 1, 0: '+447900000002' } })],
  'members of the prototype': [FILTER, JSON.parse('{"__proto__":{"period":"TODAY"}}')],
  'the constructor': [FILTER, { constructor: { prototype: { isAdmin: true } } }],
};

const TYPED: Readonly<Record<string, unknown>> = {
  'ten thousand recipients': input({ to: Array.from({ length: 8_000 }, (_, i) => `+44790001${i}`) }),
  'no recipient': input({ to: [] }),
  'a recipient a hundred times': input({ to: Array.from({ length: 100 }, () => '+447900000003') }),
  'numbers that are none': input({ to: ['447900000003', '+44 7900', '+', '', '+0123456789', '+٤٤٧٩٠٠'] }),
  'a text of 60,000 characters': input({ text: 'x'.repeat(60_000) }),
  'an endless sender': input({ sender: 'x'.repeat(20_000) }),
  'a sender with a header': input({ sender: 'A\r\nX: 1' }),
  'an endless key': input({ idempotencyKey: 'k'.repeat(20_000) }),
};

/** Inputs that are small to name and endless, or hostile, to look at. None of them may send. */
export const DEEP_INPUTS: readonly QueryAttack[] = [
  ...Object.entries(REFUSED).map(
    ([name, [query, v]]): QueryAttack => ({
      name: `input: ${name}`,
      async run(ask) {
        const { data, errors, status } = await ask(bodyOf(query, v));
        const isAnswered = Object.values(data ?? {}).some((value) => value !== null);
        return isAnswered || (errors.length === 0 && status === 200) ? ['It was taken.'] : [];
      },
    }),
  ),
  ...Object.entries(TYPED).map(
    ([name, v]): QueryAttack => ({
      name: `input: ${name}`,
      async run(ask) {
        const { text, status, errors } = await ask({ query: SEND, variables: { v } });
        const isRefused = text.includes('InvalidInputError') || errors.length > 0 || status >= 400;
        return isRefused ? [] : [`It was not refused: ${text.slice(0, 200)}`];
      },
    }),
  ),
];

const bodyOf = (query: string, v: unknown): unknown =>
  v instanceof RawJson
    ? `{"query":${JSON.stringify(query)},"variables":{"v":${v.json}}}`
    : { query, variables: { v } };
