/** Where a message stands, in the gateway's words. `UNRECOGNIZED` is a provider status this version does not know. */
export const MESSAGE_STATUSES = [
  'PENDING',
  'SENT',
  'EN_ROUTE',
  'ACCEPTED',
  'DELIVERED',
  'UNDELIVERED',
  'REJECTED',
  'EXPIRED',
  'DELETED',
  'UNKNOWN',
  'FAILED',
  'UNRECOGNIZED',
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** The provider's status strings; matched without regard to case, because its own lists mix both. */
const STATUS_BY_PROVIDER_TERM: Readonly<Record<string, MessageStatus>> = {
  PENDING: 'PENDING',
  SENT: 'SENT',
  ENROUTE: 'EN_ROUTE',
  ACCEPTD: 'ACCEPTED',
  DELIVRD: 'DELIVERED',
  UNDELIV: 'UNDELIVERED',
  REJECTD: 'REJECTED',
  EXPIRED: 'EXPIRED',
  DELETED: 'DELETED',
  UNKNOWN: 'UNKNOWN',
  FAILED: 'FAILED',
};

const FINAL_STATUSES: ReadonlySet<MessageStatus> = new Set<MessageStatus>([
  'DELIVERED',
  'UNDELIVERED',
  'REJECTED',
  'EXPIRED',
  'DELETED',
  'UNKNOWN',
  'FAILED',
]);

export function parseMessageStatus(rawStatus: string): MessageStatus {
  const term = rawStatus.toUpperCase();
  return Object.hasOwn(STATUS_BY_PROVIDER_TERM, term)
    ? (STATUS_BY_PROVIDER_TERM[term] ?? 'UNRECOGNIZED')
    : 'UNRECOGNIZED';
}

/** A final status is not expected to change. An unrecognized one is not final: it is asked for again. */
export const isFinalStatus = (status: MessageStatus): boolean => FINAL_STATUSES.has(status);

/** The groups the provider can filter lists by. */
export const MESSAGE_STATUS_GROUPS = ['DELIVERED', 'UNDELIVERED', 'EXPIRED', 'PENDING', 'UNKNOWN'] as const;
export type MessageStatusGroup = (typeof MESSAGE_STATUS_GROUPS)[number];
