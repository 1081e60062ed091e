import type { NonGsmCharacter } from '../domain/non-gsm-characters.ts';
import { estimate, estimateCost, estimateCurrency, type MessageEstimate } from '../resolvers/estimate.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { EncodingEnum } from './encoding.ts';
import { needsNoScope, requireScope } from './scope.ts';

const NonGsmCharacterType = builder.objectRef<NonGsmCharacter>('NonGsmCharacter').implement({
  description: 'A character outside GSM 03.38. One is enough to turn the whole text into UCS-2.',
  fields: (t) => ({
    character: t.exposeString('character', { description: 'The character itself, such as `’`.' }),
    codePoint: t.exposeString('codePoint', { description: 'Its Unicode code point, such as `U+2019`.' }),
    offsets: t.exposeIntList('offsets', {
      description:
        'Every place in the text, in UTF-16 code units as JavaScript counts them, such as `[2, 12]`.',
    }),
    replacement: t.exposeString('replacement', {
      nullable: true,
      description:
        "What to write in GSM-7 instead, such as `'`. Empty: leave it out, it cannot be seen. Null when nothing says the same.",
    }),
  }),
});

const MessageEstimateType = builder.objectRef<MessageEstimate>('MessageEstimate').implement({
  description: 'What a text would be sent as, and at which price.',
  fields: (t) => ({
    encoding: t.expose('encoding', {
      type: EncodingEnum,
      description: 'The encoding of the whole text, such as `GSM_7`.',
    }),
    segments: t.exposeInt('segments', {
      description: 'Segments (parts) each recipient is billed for, such as `2`; `0` for the empty text.',
    }),
    units: t.exposeInt('units', {
      description:
        'Length of the text: septets in GSM-7, where `€ ^ { } [ ] \\ ~ |` take 2; UTF-16 code units in UCS-2. Such as `161`.',
    }),
    unitsLeft: t.exposeInt('unitsLeft', {
      description: 'Units that still fit into the last segment, such as `145`.',
    }),
    nonGsmCharacters: t.expose('nonGsmCharacters', {
      type: [NonGsmCharacterType],
      description: 'The characters that force UCS-2, by first appearance; empty in GSM-7.',
    }),
    cost: t.field({
      type: 'Decimal',
      nullable: true,
      description:
        'What the send to all of `to` would cost at most, in the account currency, such as `"0.017"`: the price by dial code, longest prefix, the dearest network of it. Null without `to`, or when the price of a recipient is not known. One REST call. Needs the scope `pricing.read`.',
      resolve: (parent, _args, context) => {
        if (parent.to !== null) requireScope('pricing.read', context);
        return estimateCost(parent, context);
      },
    }),
    currency: t.string({
      nullable: true,
      description:
        'The currency of `cost`, such as `EUR`. Null without `to`, or when the provider does not say. One REST call. Needs the scope `balance.read`.',
      resolve: (parent, _args, context) => {
        if (parent.to !== null) requireScope('balance.read', context);
        return estimateCurrency(parent, context);
      },
    }),
  }),
});

builder.queryField('estimate', (t) =>
  t.field({
    type: MessageEstimateType,
    description:
      'Measures a text as it would be sent: encoding, segments, the characters that cost extra. Nothing is sent, and the provider is called only when `to` is given and a price is selected.',
    args: {
      text: t.arg.string({ required: true, description: 'The text, such as `Your code is 847291`.' }),
      to: t.arg.stringList({
        description: '1 to 100 recipients in E.164, each once, such as `["+447911123456"]`: for the price.',
      }),
    },
    extensions: needsNoScope(),
    complexity: ({ to }) => cost({ upstreamCalls: to ? 2 : 0, rows: 1 }),
    resolve: (_root, { text, to }) => estimate({ text, to: to ?? null }),
  }),
);
