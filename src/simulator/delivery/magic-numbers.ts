import {
  type DeliveryPlan,
  endsAs,
  endsUnreportedAs,
  failsInside,
  goesThrough,
  isContradictedLate,
  isReportedOutOfOrder,
  isReportedTwice,
  isSlow,
  staysSent,
} from './delivery-plan.ts';

/** What `results[].status` says of a recipient. */
export type Admission = 'accepted' | 'blocked_country' | 'queue_error' | 'config_error';

export interface MagicNumber {
  readonly number: string;
  readonly outcome: string;
  readonly admission: Admission;
  readonly plan: DeliveryPlan;
}

/** Area code 555 is assigned to nobody, so these numbers ring nowhere. */
const magic = (lastDigits: string, outcome: string, plan: DeliveryPlan, admission: Admission = 'accepted') =>
  ({ number: `+1555010${lastDigits}`, outcome, admission, plan }) as const satisfies MagicNumber;

/** What every other number does: `pending → sent → DELIVRD`. */
export const ORDINARY_PLAN: DeliveryPlan = endsAs('DELIVRD');

const never: DeliveryPlan = () => [];

/** Recipients that force an outcome. The one list: the banner, the documentation's test and the simulator read it. */
export const MAGIC_NUMBERS: readonly MagicNumber[] = [
  magic('0001', 'UNDELIV: not delivered', endsAs('UNDELIV')),
  magic('0002', 'REJECTD: refused by the carrier', endsAs('REJECTD')),
  magic('0003', 'EXPIRED: validity ran out', endsAs('EXPIRED')),
  magic('0004', 'UNKNOWN: final state unknown', endsAs('UNKNOWN')),
  magic('0005', 'failed: internal failure, without a report', failsInside),
  magic('0006', 'blocked_country: skipped in the answer to the send', never, 'blocked_country'),
  magic('0007', 'queue_error: not queued', never, 'queue_error'),
  magic('0008', 'config_error: not queued', never, 'config_error'),
  magic('0009', 'DELIVRD, but no report is ever posted', endsUnreportedAs('DELIVRD')),
  magic('0010', 'never final: stays sent (UNDELIV after 3 days, without a report)', staysSent),
  magic('0011', 'DELIVRD, reported twice', isReportedTwice),
  magic('0012', 'reports out of order: DELIVRD, then an older UNDELIV', isReportedOutOfOrder),
  magic('0013', 'late contradiction: UNDELIV, then DELIVRD', isContradictedLate),
  magic('0014', 'slow: DELIVRD after a minute', isSlow),
  magic('0015', 'DELIVRD by way of ENROUTE and ACCEPTD', goesThrough('ENROUTE', 'ACCEPTD')),
  magic('0016', 'DELETED, without a report', endsUnreportedAs('DELETED')),
  magic('0017', 'DELIVRD by way of BUFFERED, a status that no document names', goesThrough('BUFFERED')),
];

const BY_NUMBER: ReadonlyMap<string, MagicNumber> = new Map(
  MAGIC_NUMBERS.map((entry) => [entry.number, entry]),
);

export const findMagicNumber = (recipient: string): MagicNumber | undefined => BY_NUMBER.get(recipient);
