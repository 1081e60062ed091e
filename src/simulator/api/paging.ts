import type { JsonValue } from '../formats/json-text.ts';
import { ApiProblem } from './api-problem.ts';

const DEFAULT_LIMIT = 25;
const MAX_LIMIT = 100;
const WHOLE_NUMBER = /^\d{1,9}$/;

export interface PageParameters {
  /** Counts from 1. */
  readonly page: number;
  readonly limit: number;
}

function readCount(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  const count = WHOLE_NUMBER.test(text) ? Number(text) : 0;
  if (count < 1) throw new ApiProblem('INVALID_PARAMS', `${name} must be a whole number from 1.`);
  return count;
}

/** A limit over 100 is taken as 100. */
export const readPage = (query: URLSearchParams): PageParameters => ({
  page: readCount(query, 'page', 1),
  limit: Math.min(MAX_LIMIT, readCount(query, 'limit', DEFAULT_LIMIT)),
});

/** The envelope of both message lists; it has no top-level `status`. */
export const pageBody = <Found>(
  found: { readonly rows: readonly Found[]; readonly total: number },
  { page, limit }: PageParameters,
  rowOf: (found: Found) => JsonValue,
): JsonValue => ({
  messages: found.rows.map(rowOf),
  total: found.total,
  page,
  limit,
  total_pages: Math.ceil(found.total / limit),
});
