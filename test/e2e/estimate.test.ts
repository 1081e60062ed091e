import { describe, expect, it } from 'vitest';
import { runSimulated } from '../support/run-gateway.ts';

const ESTIMATE = `query ($text: String!, $to: [String!]) {
  estimate(text: $text, to: $to) {
    encoding segments units unitsLeft
    nonGsmCharacters { character codePoint offsets replacement }
  }
}`;
const PRICE = 'query ($text: String!, $to: [String!]) { estimate(text: $text, to: $to) { cost currency } }';
const EMOJI = '😀';

/** The cases that the provider documents. */
const DOCUMENTED = [
  ['160 Latin characters', 'a'.repeat(160), 'GSM_7', 1],
  ['161 Latin characters', 'a'.repeat(161), 'GSM_7', 2],
  ['306 Latin characters', 'a'.repeat(306), 'GSM_7', 2],
  ['50 characters, one an emoji', `${'a'.repeat(49)}${EMOJI}`, 'UCS_2', 1],
  ['71 Cyrillic characters', 'д'.repeat(71), 'UCS_2', 2],
  ['159 characters, one a euro sign', `${'a'.repeat(158)}€`, 'GSM_7', 1],
  ['160 characters, one a euro sign', `${'a'.repeat(159)}€`, 'GSM_7', 2],
  ['150 Latin characters and an emoji', `${'a'.repeat(150)}${EMOJI}`, 'UCS_2', 3],
] as const;

describe('an estimate', () => {
  it('measures every documented case as documented, and asks the provider nothing', async () => {
    const { ask, simulator } = await runSimulated();
    for (const [name, text, encoding, segments] of DOCUMENTED) {
      const { data, upstream } = await ask(ESTIMATE, { text });
      expect(data.estimate, name).toMatchObject({ encoding, segments });
      expect(upstream.calls).toBe(0);
    }
    expect(simulator.requests.count()).toBe(0);
  });

  it('tells the characters that make it dear, where they are, and what could stand in', async () => {
    const { ask } = await runSimulated();
    const { data } = await ask(ESTIMATE, { text: `“Hi” – it’s “me” ${EMOJI}` });
    expect(data.estimate).toEqual({
      encoding: 'UCS_2',
      segments: 1,
      units: 19,
      unitsLeft: 51,
      nonGsmCharacters: [
        { character: '“', codePoint: 'U+201C', offsets: [0, 12], replacement: '"' },
        { character: '”', codePoint: 'U+201D', offsets: [3, 15], replacement: '"' },
        { character: '–', codePoint: 'U+2013', offsets: [5], replacement: '-' },
        { character: '’', codePoint: 'U+2019', offsets: [9], replacement: "'" },
        { character: EMOJI, codePoint: 'U+1F600', offsets: [17], replacement: null },
      ],
    });
  });

  it('agrees with what the provider then bills', async () => {
    const { ask } = await runSimulated();
    const to = ['+447911123456', '+447911123457'];
    for (const [name, text] of DOCUMENTED) {
      const { data: estimated } = await ask(
        'query ($text: String!, $to: [String!]) { estimate(text: $text, to: $to) { encoding segments cost } }',
        { text, to },
      );
      const { data: sent } = await ask(
        `mutation ($text: String!, $to: [String!]!) { sendSms(input: { to: $to, text: $text, sender: "MyApp" }) {
           ... on SendResult { recipients { segments } summary { encoding totalCost } } } }`,
        { text, to },
      );
      const { encoding, segments, cost } = estimated.estimate;
      expect(sent.sendSms.summary.encoding, name).toBe(encoding);
      expect(sent.sendSms.recipients[0].segments, name).toBe(segments);
      expect(Number(sent.sendSms.summary.totalCost), name).toBeLessThanOrEqual(Number(cost));
    }
  });

  it('gives a price with one call for the prices and one for the currency, and none for a number without a price', async () => {
    const { ask } = await runSimulated();
    const known = await ask(PRICE, { text: 'Hi', to: ['+447911123456'] });
    expect(known.data.estimate).toEqual({ cost: expect.stringMatching(/^0\.\d+$/), currency: 'EUR' });
    expect(known.upstream.calls).toBe(2);
    const unknown = await ask(PRICE, { text: 'Hi', to: ['+8821234567890'] });
    expect(unknown.data.estimate.cost).toBeNull();
    const without = await ask(PRICE, { text: 'Hi' });
    expect(without.data.estimate).toEqual({ cost: null, currency: null });
    expect(without.upstream.calls).toBe(0);
  });
});
