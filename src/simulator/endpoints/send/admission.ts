import { countryOf } from '../../../domain/phone-number.ts';
import { type Encoding, measureText } from '../../../domain/segments.ts';
import { type Admission, findMagicNumber } from '../../delivery/magic-numbers.ts';
import type { Micros } from '../../formats/money.ts';
import { rateOf } from '../../prices/rates.ts';
import type { SendBody } from './send-body.ts';

export interface AdmittedRecipient {
  readonly recipient: string;
  readonly country: string | null;
  readonly admission: Admission;
  /** Of all segments to this recipient. */
  readonly cost: Micros;
}

/** A send in order, priced, before anything is queued. */
export interface AdmittedSend {
  readonly body: SendBody;
  readonly encoding: Encoding;
  /** Of each message. */
  readonly segments: number;
  readonly recipients: readonly AdmittedRecipient[];
  /** Recipients that are not in a blocked country. */
  readonly billableCount: number;
  /** What the balance must cover. */
  readonly estimatedCost: Micros;
}

/** Prices a send and tells which recipients it will reach. */
export function admitSend(body: SendBody, blockedCountries: readonly string[]): AdmittedSend {
  const { encoding, segments } = measureText(body.text);
  const recipients = body.to.map((recipient) => {
    const country = countryOf(recipient);
    const isBlocked = country !== null && blockedCountries.includes(country);
    const admission = isBlocked ? 'blocked_country' : (findMagicNumber(recipient)?.admission ?? 'accepted');
    return { recipient, country, admission, cost: rateOf(recipient) * segments };
  });
  const billable = recipients.filter(({ admission }) => admission !== 'blocked_country');
  const estimatedCost = billable.reduce((sum, { cost }) => sum + cost, 0);
  return { body, encoding, segments, recipients, billableCount: billable.length, estimatedCost };
}
