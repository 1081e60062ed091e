export const JSON_TYPE = 'application/json';
export const GRAPHQL_RESPONSE_TYPE = 'application/graphql-response+json';
export const EVENT_STREAM_TYPE = 'text/event-stream';
export const HTML_TYPE = 'text/html';

/** What `/graphql` can answer with, in the order that decides between equals. */
const OFFERED = [JSON_TYPE, GRAPHQL_RESPONSE_TYPE, EVENT_STREAM_TYPE, HTML_TYPE] as const;
export type OfferedType = (typeof OFFERED)[number];

const MAX_ACCEPT_LENGTH = 512;
const MAX_ACCEPT_PARTS = 32;

interface AcceptRange {
  readonly type: string;
  readonly quality: number;
}

/**
 * Chooses the answer's media type: the caller's best, and JSON where it does not care.
 * @param accept the `Accept` header
 * @returns null when the caller accepts nothing that is offered
 */
export function negotiateMediaType(accept: string | undefined): OfferedType | null {
  if (accept === undefined || accept === '*/*' || accept === JSON_TYPE) return JSON_TYPE;
  if (accept === GRAPHQL_RESPONSE_TYPE || accept === EVENT_STREAM_TYPE) return accept;
  if (accept.length > MAX_ACCEPT_LENGTH) return null;
  return bestOf(accept.split(',', MAX_ACCEPT_PARTS).map(parseRange));
}

function parseRange(part: string): AcceptRange {
  const [type = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='));
  return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
}

/** The range of the highest quality wins; between equals, the one that is named first, as callers write them. */
function bestOf(ranges: readonly AcceptRange[]): OfferedType | null {
  const byQuality = ranges
    .filter((range) => range.quality > 0)
    .toSorted((left, right) => right.quality - left.quality);
  for (const { type } of byQuality) {
    const match = OFFERED.find((offered) => matches(type, offered));
    if (match !== undefined) return match;
  }
  return null;
}

const matches = (range: string, offered: OfferedType): boolean =>
  range === offered ||
  range === '*/*' ||
  (range.endsWith('/*') && offered.startsWith(range.slice(0, range.length - 1)));
