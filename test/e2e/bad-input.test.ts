import { describe, expect, it } from 'vitest';
import { type RunningGateway, runSimulated } from '../support/run-gateway.ts';

const SEND = `mutation ($input: SendSmsInput!) {
  sendSms(input: $input) {
    __typename
    ... on InvalidInputError { code message problems { path message } }
  }
}`;
const GOOD = { to: ['+447700900123'], text: 'Hello', sender: 'MyApp' };
const numbers = (count: number) =>
  Array.from({ length: count }, (_, index) => `+4477009${String(10_000 + index)}`);

/** Input, and where it is wrong, with a word that the sentence must say. */
const BAD_SENDS: readonly (readonly [string, object, readonly (readonly [string, RegExp])[]])[] = [
  ['a number without +', { to: ['447700900123'] }, [['input.to.0', /E\.164/]]],
  ['letters in a number', { to: ['+44770090012x'] }, [['input.to.0', /E\.164/]]],
  ['blanks in a number', { to: ['+44 7700 900123'] }, [['input.to.0', /E\.164/]]],
  ['no recipient', { to: [] }, [['input.to', /1 to 100.*0/]]],
  ['101 recipients', { to: numbers(101) }, [['input.to', /1 to 100.*101/]]],
  ['a recipient twice', { to: [...GOOD.to, ...GOOD.to] }, [['input.to.1', /repeats to\[0\]/]]],
  ['no text', { text: '' }, [['input.text', /empty/]]],
  ['a text of blanks', { text: ' \n ' }, [['input.text', /empty/]]],
  ['half an emoji', { text: 'Hi \ud83d' }, [['input.text', /half of a character/]]],
  ['a sender of 2 characters', { sender: 'My' }, [['input.sender', /3 to 11/]]],
  ['a sender of 12 characters', { sender: 'MyApplicatio' }, [['input.sender', /3 to 11/]]],
  ['a sender that starts with a digit', { sender: '1MyApp' }, [['input.sender', /letter/]]],
  ['an empty key', { idempotencyKey: '' }, [['input.idempotencyKey', /1 to 64/]]],
  ['a key of 65 characters', { idempotencyKey: 'k'.repeat(65) }, [['input.idempotencyKey', /1 to 64/]]],
  [
    'everything at once',
    { to: ['12', '+447700900123', '+447700900123'], text: '', sender: '1' },
    [
      ['input.to.0', /E\.164/],
      ['input.to.2', /repeats/],
      ['input.text', /empty/],
      ['input.sender', /3 to 11/],
    ],
  ],
];

describe('a send that cannot be', () => {
  it('is told what is wrong and where, and nothing is sent', async () => {
    const { ask, simulator } = await runSimulated();
    for (const [name, wrong, problems] of BAD_SENDS) {
      const { status, data, errors } = await ask(SEND, { input: { ...GOOD, ...wrong } });
      expect([status, errors], name).toEqual([200, []]);
      expect(data.sendSms, name).toMatchObject({
        __typename: 'InvalidInputError',
        code: 'INVALID_INPUT',
        problems: problems.map(([path, what]) => ({
          path: path.split('.'),
          message: expect.stringMatching(what),
        })),
      });
      expect(data.sendSms.problems, name).toHaveLength(problems.length);
      expect(JSON.stringify(data), name).not.toContain('77009'); // no sentence repeats a number
    }
    expect(simulator.requests.count()).toBe(0);
    expect(simulator.acceptedCount).toBe(0);
  });

  it('is refused by its type before anything runs', async () => {
    const { ask, simulator } = await runSimulated();
    for (const wrong of [{ to: null }, { text: 7 }, { sender: ['MyApp'] }, { schedule: 'tomorrow' }]) {
      const { data, errors } = await ask(SEND, { input: { ...GOOD, ...wrong } });
      expect(data).toBeNull();
      expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
      expect(errors[0]?.message).toContain(Object.keys(wrong)[0]);
    }
    expect(simulator.requests.count()).toBe(0);
  });
});

const LIST = `query ($first: Int!, $after: String, $filter: MessageFilter) {
  messages(first: $first, after: $after, filter: $filter) { totalCount pageInfo { endCursor } }
}`;

async function endCursorOf({ ask }: RunningGateway, filter: object): Promise<string> {
  const { data } = await ask(LIST, { first: 3, filter });
  return data.messages.pageInfo.endCursor;
}

describe('a list that cannot be', () => {
  it.each([
    ['first: 0', { first: 0 }, /^first must be between 1 and 100; it was 0/],
    ['first: 1000', { first: 1000 }, /^first must be between 1 and 100; it was 1000/],
    ['period with from', { filter: { period: 'TODAY', from: '2026-02-01' } }, /filter\.period/],
    ['30 February', { filter: { from: '2026-02-30' } }, /2026-02-30/],
    ['the month 13', { filter: { from: '2026-13-01' } }, /2026-13-01/],
    ['from after to', { filter: { from: '2026-02-02', to: '2026-02-01' } }, /filter\.from/],
    ['to without from', { filter: { to: '2026-02-01' } }, /filter\.from/],
    ['a country of three letters', { filter: { country: 'GBR' } }, /"filter\.country".*two letters/],
    ['a day that is none', { filter: { from: 'yesterday' } }, /"filter\.from".*like 2026-02-13/],
  ])('is refused, naming what is wrong: %s', async (_name, wrong, says) => {
    const { ask, simulator } = await runSimulated();
    const { data, errors } = await ask(LIST, { first: 10, ...wrong });
    expect(data?.messages ?? null).toBeNull();
    expect(errors).toMatchObject([
      { message: expect.stringMatching(says), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(simulator.requests.count()).toBe(0);
  });

  it('is refused with an edited cursor, one of another filter, one of another list', async () => {
    const running = await runSimulated({ account: { history: { days: 3, messages: 20 } } });
    const cursor = await endCursorOf(running, { sender: null });
    running.simulator.requests.clear();
    const edited = `${cursor.slice(0, 20)}${cursor[20] === 'A' ? 'B' : 'A'}${cursor.slice(21)}`;
    const asked = [
      await running.ask(LIST, { first: 3, after: edited }),
      await running.ask(LIST, { first: 3, after: 'nonsense' }),
      await running.ask(LIST, { first: 3, after: cursor, filter: { statusGroup: 'DELIVERED' } }),
      await running.ask('query ($after: String) { traffic(after: $after) { totalCount } }', {
        after: cursor,
      }),
    ];
    for (const { data, errors } of asked) {
      expect(Object.values(data)).toEqual([null]);
      expect(errors).toMatchObject([
        { message: expect.stringMatching(/^after /), extensions: { code: 'CURSOR_INVALID' } },
      ]);
    }
    expect(running.simulator.requests.count()).toBe(0);
  });
});

describe('other input that cannot be', () => {
  it.each([
    ['101 message ids', `{ messagesById(messageIds: [${'"x",'.repeat(101)}]) { id } }`, /^messageIds .*100/],
    ['a node id that is none', '{ node(id: "!!") { id } }', /^id is not/],
    ['a price for a number that is none', '{ estimate(text: "x", to: ["12"]) { cost } }', /^to\[0\] /],
    ['a country of one letter, written out', '{ stats(filter: { country: "G" }) { sent } }', /two letters/],
    ['nobody to follow', '{ messagesById(messageIds: 7) { id } }', /String/],
  ])('is refused, naming it: %s', async (_name, query, says) => {
    const { ask, simulator } = await runSimulated();
    const { errors } = await ask(query);
    expect(errors[0]?.message).toMatch(says);
    expect(errors[0]?.extensions.code).toMatch(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/);
    expect(simulator.requests.count()).toBe(0);
  });

  it('is data where the caller can act on it: an export of a day that does not exist', async () => {
    const { ask, simulator } = await runSimulated();
    const { data } = await ask(`mutation { exportMessages(filter: { from: "2026-02-31" }) {
      ... on InvalidInputError { code problems { path message } } } }`);
    expect(data.exportMessages).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ path: ['filter', 'from'], message: expect.stringContaining('2026-02-31') }],
    });
    expect(simulator.requests.count()).toBe(0);
  });
});
