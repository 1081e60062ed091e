import type { MessageStatus } from '../domain/message-status.ts';

/** Nothing was told of a message so far, and nothing is to be: the next of its reports in the log opens it. */
export const FROM_LOG = 'FROM_LOG';

/** What a subscriber was last told of a message; null: nothing, its current state is still to be told. */
export type Told = MessageStatus | typeof FROM_LOG | null;

/** One letter a status. Cursors carry them, so a letter never changes its meaning. */
const LETTERS: Readonly<Record<MessageStatus | typeof FROM_LOG, string>> = {
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
  FROM_LOG: 'L',
};
const NOT_TOLD = '-';

const STATUS_BY_LETTER: ReadonlyMap<string, Told> = new Map(
  (Object.keys(LETTERS) as (keyof typeof LETTERS)[]).map((status) => [LETTERS[status], status]),
);

/** What a subscriber was last told of each message: a letter each, in the order given. */
export const encodeStatuses = (statuses: readonly Told[]): string =>
  statuses.map((status) => (status === null ? NOT_TOLD : LETTERS[status])).join('');

export const decodeStatuses = (memo: string): readonly Told[] =>
  [...memo].map((letter) => STATUS_BY_LETTER.get(letter) ?? null);
