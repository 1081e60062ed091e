import type { Sealers } from '../context.ts';
import { createTokenSealer } from '../domain/sealed-token.ts';

/** A key of its own for each kind of token, so that none passes for another. The number is the token's version. */
export const createSealers = (rootKey: Buffer): Sealers => ({
  pageCursor: createTokenSealer(rootKey, 'page-cursor/1'),
  eventCursor: createTokenSealer(rootKey, 'event-cursor/1'),
  exportToken: createTokenSealer(rootKey, 'export-token/1'),
});
