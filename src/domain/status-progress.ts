import { isFinalStatus, type MessageStatus } from './message-status.ts';

/**
 * How far along a message is. The provider's flow is pending → sent → (on the carrier's side) → final. A status that
 * this version does not know says nothing about progress, so it never hides one that is known.
 */
const RANKS: Readonly<Record<MessageStatus, number>> = {
  UNRECOGNIZED: 0,
  PENDING: 1,
  SENT: 2,
  EN_ROUTE: 3,
  ACCEPTED: 4,
  DELIVERED: 5,
  UNDELIVERED: 5,
  REJECTED: 5,
  EXPIRED: 5,
  DELETED: 5,
  UNKNOWN: 5,
  FAILED: 5,
};

export const statusRank = (status: MessageStatus): number => RANKS[status];

/** Where a message stands after news: never further back, and a final status stays what it is. */
export const advanceStatus = (current: MessageStatus, incoming: MessageStatus): MessageStatus =>
  statusRank(incoming) > statusRank(current) ? incoming : current;

/** News of another end than the one that is settled: after the provider's clean-up wrote `UNDELIV`, say. */
export const isContradictingFinal = (settled: MessageStatus, incoming: MessageStatus): boolean =>
  isFinalStatus(settled) && isFinalStatus(incoming) && settled !== incoming;
