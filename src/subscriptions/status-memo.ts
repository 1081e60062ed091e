import type { MessageStatus } from '../domain/message-status.ts';

/** One letter a status. Cursors carry them, so a letter never changes its meaning. */
const LETTERS: Readonly<Record<MessageStatus, string>> = {
  PENDING: 'P',
  SENT: 'S',
  EN_ROUTE: 'R',
  ACCEPTED: 'A',
  DELIVERED: 'D',
  UNDELIVERED: 'U',
  REJECTED: 'J',
  EXPIRED: 'E',
  DELETED: 'X',
  UNKNOWN: 'N',
  FAILED: 'F',
  UNRECOGNIZED: 'Q',
};
const NOT_TOLD = '-';

const STATUS_BY_LETTER: ReadonlyMap<string, MessageStatus> = new Map(
  (Object.keys(LETTERS) as MessageStatus[]).map((status) => [LETTERS[status], status]),
);

/** What a subscriber was last told of each message, null for nothing yet: a letter each, in the order given. */
export const encodeStatuses = (statuses: readonly (MessageStatus | null)[]): string =>
  statuses.map((status) => (status === null ? NOT_TOLD : LETTERS[status])).join('');

export const decodeStatuses = (memo: string): readonly (MessageStatus | null)[] =>
  [...memo].map((letter) => STATUS_BY_LETTER.get(letter) ?? null);
