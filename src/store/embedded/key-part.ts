import { createHash } from 'node:crypto';

/** LMDB takes keys of up to 1978 bytes and no NUL in them; three parts of this length stay far below. */
const PLAIN_PART = /^[\x20-\x7d]{1,200}$/;
const HASH_MARK = '#';

/** Greater than any part: the end of a range over everything that begins with the parts before it. */
export const AFTER_ALL_PARTS = '~';

/** Makes any text fit as a part of a key: itself when it is short and plain, else its SHA-256. */
export const keyPart = (text: string): string =>
  PLAIN_PART.test(text) && !text.startsWith(HASH_MARK)
    ? text
    : HASH_MARK + createHash('sha256').update(text).digest('base64url');
