/** Statuses after which the provider expects no change. */
const FINAL_STATUSES: ReadonlySet<string> = new Set([
  'DELIVRD',
  'UNDELIV',
  'REJECTD',
  'EXPIRED',
  'DELETED',
  'UNKNOWN',
  'failed',
]);

export const isFinalStatus = (status: string): boolean => FINAL_STATUSES.has(status);

const NOT_YET_FINAL = ['pending', 'sent', 'ENROUTE', 'ACCEPTD'];
const NOT_DELIVERED = ['UNDELIV', 'REJECTD', 'DELETED'];

/** What `status=` of the lists stands for. */
export const LIST_STATUS_GROUPS: Readonly<Record<string, readonly string[]>> = {
  delivered: ['DELIVRD'],
  undelivered: NOT_DELIVERED,
  failed: NOT_DELIVERED,
  expired: ['EXPIRED'],
  pending: NOT_YET_FINAL,
  sent: NOT_YET_FINAL,
  unknown: ['UNKNOWN'],
};

/** The groups of the statistics: they count an unknown end as not delivered. */
export const STATISTICS_STATUS_GROUPS: Readonly<Record<string, readonly string[]>> = {
  delivered: ['DELIVRD'],
  undelivered: [...NOT_DELIVERED, 'UNKNOWN'],
  pending: NOT_YET_FINAL,
  expired: ['EXPIRED'],
};

/** Error codes of the carriers, as reports carry them: `000` is delivered. */
const STATUS_CODES: Readonly<Record<string, string>> = {
  DELIVRD: '000',
  UNDELIV: '027',
  REJECTD: '045',
  EXPIRED: '034',
  DELETED: '088',
  UNKNOWN: '255',
  failed: '500',
};

export const statusCodeOf = (status: string): string | null => STATUS_CODES[status] ?? null;
