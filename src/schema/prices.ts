import type { NetworkPrice, PriceChange } from '../domain/account.ts';
import { prices } from '../resolvers/prices.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { needsScope } from './scope.ts';

/** A price list is one call, however long; it is sent whole. */
const COUNTED_ROWS = 100;

const PriceChangeEnum = builder.enumType('PriceChange', {
  description: 'How a price moved from the one before.',
  values: {
    SAME: { description: 'It stayed. Provider: `Same`.' },
    INCREASE: { description: 'It rose. Provider: `Increase`.' },
    DECREASE: { description: 'It fell. Provider: `Decrease`.' },
    UNRECOGNIZED: { description: 'A word that this version does not know.' },
  } as const satisfies Record<PriceChange, { description: string }>,
});

const NetworkPriceType = builder.objectRef<NetworkPrice>('NetworkPrice').implement({
  description: 'The price of one segment to one mobile network.',
  fields: (t) => ({
    mcc: t.exposeString('mcc', { description: 'Mobile country code, such as `310`; leading zeros count.' }),
    mnc: t.exposeString('mnc', { description: 'Mobile network code, such as `004`; leading zeros count.' }),
    dialCode: t.exposeString('dialCode', {
      description: 'What the numbers start with after the plus sign, such as `1`. Provider: `dialcode`.',
    }),
    country: t.exposeString('country', {
      nullable: true,
      description: "The country's name in English, such as `United States`. Null when not given.",
    }),
    network: t.exposeString('network', {
      nullable: true,
      description: "The network's name, such as `Verizon Wireless`. Null when not given.",
    }),
    rate: t.expose('rate', {
      type: 'Decimal',
      description: 'The price of one segment in the account currency, such as `"0.0085"`.',
    }),
    previousRate: t.expose('previousRate', {
      type: 'Decimal',
      nullable: true,
      description: 'The price before, such as `"0.0080"`. Null when there was none. Provider: `prev_rate`.',
    }),
    startsAt: t.expose('startsAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'Since when it holds, such as `2026-01-08T22:15:29.000Z`. Null when not said. Provider: `rate_start_date`.',
    }),
    endsAt: t.expose('endsAt', {
      type: 'DateTime',
      nullable: true,
      description:
        'Until when it holds, such as `2026-06-30T00:00:00.000Z`. Null when open-ended. Provider: `rate_end_date`.',
    }),
    change: t.expose('change', {
      type: PriceChangeEnum,
      description: 'How it moved from the price before, such as `INCREASE`. Provider: `change_type`.',
    }),
  }),
});

const PriceFilterInput = builder.inputType('PriceFilter', {
  description: 'What to narrow the prices to; all members must hold.',
  fields: (t) => ({
    mcc: t.string({ description: 'Exactly this mobile country code, such as `310`.' }),
    mnc: t.string({ description: 'Exactly this mobile network code, such as `004`.' }),
    dialCode: t.string({ description: 'Exactly this dial code, such as `44`; a plus sign is ignored.' }),
    country: t.string({ description: "Part of the country's English name, in any case, such as `united`." }),
    network: t.string({ description: "Part of the network's name, in any case, such as `verizon`." }),
  }),
});

builder.queryField('prices', (t) =>
  t.field({
    type: [NetworkPriceType],
    nullable: true,
    description: 'What a segment costs, network by network.',
    args: {
      filter: t.arg({
        type: PriceFilterInput,
        description: 'What to narrow the prices to; all of them when absent.',
      }),
    },
    extensions: needsScope('pricing.read'),
    complexity: cost({ upstreamCalls: 1, rows: COUNTED_ROWS }),
    resolve: (_root, args, context) => prices(args, context),
  }),
);
