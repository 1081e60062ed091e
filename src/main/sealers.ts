import type { Sealers } from '../context.ts';
import { createTokenSealer, rememberSealed } from '../domain/sealed-token.ts';

/** Of some eighty pages of 25 rows. */
const REMEMBERED_CURSORS = 2_000;

/** A key of its own for each kind of token, so that none passes for another. The number is the token's version. */
export const createSealers = (rootKey: Buffer): Sealers => ({
  pageCursor: rememberSealed(createTokenSealer(rootKey, 'page-cursor/1'), REMEMBERED_CURSORS),
  eventCursor: createTokenSealer(rootKey, 'event-cursor/1'),
  exportToken: createTokenSealer(rootKey, 'export-token/1'),
});
