import type { Decimal } from './decimal.ts';
import type { Instant } from './message.ts';

export interface Balance {
  /** Null when the provider says the balance is unavailable: zero would be a lie. */
  readonly amount: Decimal | null;
  readonly currency: string | null;
  readonly updatedAt: Instant | null;
  readonly isCreditBlocked: boolean;
  readonly isUnavailable: boolean;
  readonly unavailableReason: string | null;
}

export const PRICE_CHANGES = ['SAME', 'INCREASE', 'DECREASE', 'UNRECOGNIZED'] as const;
export type PriceChange = (typeof PRICE_CHANGES)[number];

/** The price of one segment to one mobile network. */
export interface NetworkPrice {
  readonly mcc: string;
  readonly mnc: string;
  /** Country calling code, or a longer prefix, without `+`. */
  readonly dialCode: string;
  readonly country: string | null;
  readonly network: string | null;
  readonly rate: Decimal;
  readonly previousRate: Decimal | null;
  readonly startsAt: Instant | null;
  /** Null when the price is open-ended (the provider says the year 2100). */
  readonly endsAt: Instant | null;
  readonly change: PriceChange;
}

export const PAYMENT_TYPES = ['DEPOSIT', 'USAGE', 'ADJUSTMENT', 'UNRECOGNIZED'] as const;
export type PaymentType = (typeof PAYMENT_TYPES)[number];

export const PAYMENT_SOURCES = ['SMS_GATEWAY', 'PORTAL', 'UNRECOGNIZED'] as const;
export type PaymentSource = (typeof PAYMENT_SOURCES)[number];

export interface Payment {
  readonly paymentId: string;
  readonly amount: Decimal;
  readonly currency: string | null;
  readonly date: Instant | null;
  readonly type: PaymentType;
  readonly description: string | null;
  readonly source: PaymentSource;
}
