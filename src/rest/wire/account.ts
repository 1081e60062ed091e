import { z } from 'zod';
import type {
  Balance,
  NetworkPrice,
  Payment,
  PaymentSource,
  PaymentType,
  PriceChange,
} from '../../domain/account.ts';
import type { Instant } from '../../domain/message.ts';
import { UpstreamContractError } from '../failures/failures.ts';
import {
  nameOf,
  optionalCode,
  optionalFlag,
  optionalMoney,
  optionalText,
  toDecimal,
  toInstantOrNull,
  toText,
} from './fields.ts';

const balance = z.object({
  balance: optionalMoney,
  currency: optionalText,
  updated: optionalText,
  credit_blocked: optionalFlag,
  unavailable: optionalFlag,
  reason: optionalText,
});

/** @param isUnavailable what the headers of the answer say */
export function readBalance(body: unknown, isUnavailable: boolean): Balance {
  const { success, data } = balance.safeParse(body);
  const amount = toDecimal(data?.balance);
  const isUnknown = isUnavailable || data?.unavailable === true;
  if (!success || (amount === null && !isUnknown))
    throw new UpstreamContractError('balance', 'the body holds no balance');
  return {
    amount: isUnknown ? null : amount,
    currency: toText(data.currency),
    updatedAt: toInstantOrNull(data.updated),
    isCreditBlocked: data.credit_blocked ?? false,
    isUnavailable: isUnknown,
    unavailableReason: isUnknown ? toText(data.reason) : null,
  };
}

const priceRow = z.object({
  mcc: optionalCode,
  mnc: optionalCode,
  dialcode: z.union([z.string(), z.number()]),
  country: optionalText,
  network: optionalText,
  rate: z.string(),
  prev_rate: optionalMoney,
  rate_start_date: optionalText,
  rate_end_date: optionalText,
  change_type: optionalText,
});

const PRICE_CHANGES: Readonly<Record<string, PriceChange>> = {
  same: 'SAME',
  increase: 'INCREASE',
  decrease: 'DECREASE',
};

export function readPrice(row: unknown): NetworkPrice | null {
  const { success, data } = priceRow.safeParse(row);
  const rate = toDecimal(data?.rate);
  if (!success || rate === null) return null;
  return {
    mcc: toText(data.mcc) ?? '',
    mnc: toText(data.mnc) ?? '',
    dialCode: String(data.dialcode).replace(/^\+/, ''),
    country: toText(data.country),
    network: toText(data.network),
    rate,
    previousRate: toDecimal(data.prev_rate),
    startsAt: toInstantOrNull(data.rate_start_date),
    endsAt: toEnd(data.rate_end_date),
    change: nameOf(data.change_type, PRICE_CHANGES, 'UNRECOGNIZED'),
  };
}

const OPEN_END_YEAR = '2100'; // the provider writes 2100.01.01 for a price without an end

function toEnd(value: string | null | undefined): Instant | null {
  const end = toInstantOrNull(value);
  return end !== null && end >= OPEN_END_YEAR ? null : end;
}

const paymentRow = z.object({
  id: z.union([z.string(), z.number()]),
  amount: z.string(),
  currency: optionalText,
  date: optionalText,
  type: optionalText,
  description: optionalText,
  source: optionalText,
});

const PAYMENT_TYPES: Readonly<Record<string, PaymentType>> = {
  deposit: 'DEPOSIT',
  usage: 'USAGE',
  adjustment: 'ADJUSTMENT',
};
const PAYMENT_SOURCES: Readonly<Record<string, PaymentSource>> = {
  sms_gateway: 'SMS_GATEWAY',
  portal: 'PORTAL',
};

export function readPayment(row: unknown): Payment | null {
  const { success, data } = paymentRow.safeParse(row);
  const amount = toDecimal(data?.amount);
  if (!success || amount === null) return null;
  return {
    paymentId: String(data.id),
    amount,
    currency: toText(data.currency),
    date: toInstantOrNull(data.date),
    type: nameOf(data.type, PAYMENT_TYPES, 'UNRECOGNIZED'),
    description: toText(data.description),
    source: nameOf(data.source, PAYMENT_SOURCES, 'UNRECOGNIZED'),
  };
}
