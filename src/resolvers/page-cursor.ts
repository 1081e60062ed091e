import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { OperationContext } from '../context.ts';
import { CursorInvalidError } from '../domain/errors.ts';
import type { DateRange } from '../domain/list-query.ts';
import type { Anchor } from './page-anchor.ts';

/** Changes when older cursors can no longer be read. */
const VERSION = 1;
const TIE_SEPARATOR = '.';

const cursorPayload = z.tuple([
  z.literal(VERSION),
  z.string(), // the list it belongs to
  z.string(), // from
  z.string(), // to
  z.string(), // row id
  z.string(), // its instant
  z.number(), // its offset
  z.number(), // the total then
  z.string(), // ties
]);

/** A place in a list: the row it stands behind, and the fixed days the first page was asked for. */
export interface PageCursor {
  readonly range: DateRange;
  readonly anchor: Anchor;
}

/** What a cursor is bound to: the kind of list, the workspace, the filter as written. */
export const listIdentity = (list: string, workspace: string, filter: readonly unknown[]): string =>
  createHash('sha256')
    .update(JSON.stringify([list, workspace, filter]))
    .digest('base64url')
    .slice(0, 16);

export function sealPageCursor(
  cursor: PageCursor,
  identity: string,
  { sealers }: Pick<OperationContext, 'sealers'>,
): string {
  const { range, anchor } = cursor;
  const { rowId, at, offset, total, ties } = anchor;
  const payload: z.input<typeof cursorPayload> = [
    VERSION,
    identity,
    range.from,
    range.to,
    rowId,
    at,
    offset,
    total,
    ties.join(TIE_SEPARATOR),
  ];
  return sealers.pageCursor.seal(payload);
}

/** @throws CursorInvalidError when it was edited, is of another gateway or version, or belongs to another filter */
export function openPageCursor(
  after: string,
  identity: string,
  { sealers }: Pick<OperationContext, 'sealers'>,
): PageCursor {
  const payload = cursorPayload.safeParse(sealers.pageCursor.open(after));
  if (!payload.success)
    throw new CursorInvalidError('after is not a cursor of this list: use one as it was given.');
  const [, boundTo, from, to, rowId, at, offset, total, ties] = payload.data;
  if (boundTo !== identity) {
    throw new CursorInvalidError(
      'after belongs to another filter: start again without it when the filter changes.',
    );
  }
  const seenTies = ties === '' ? [] : ties.split(TIE_SEPARATOR);
  return { range: { from, to }, anchor: { rowId, at, offset, total, ties: seenTies } };
}
