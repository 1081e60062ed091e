import type { GraphQLFormattedError } from 'graphql';
import { EVENT_STREAM_TYPE, GRAPHQL_RESPONSE_TYPE, type OfferedType } from '../http/media-type.ts';

/** Refusals that are not about the document: intermediaries and clients act on these statuses. */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  UPSTREAM_UNAVAILABLE: 503,
  STORE_UNAVAILABLE: 503,
};

/** An EventSource comes back after anything but a status that says that it is of no use. */
const TYPES_OF_OWN_STATUS: readonly OfferedType[] = [GRAPHQL_RESPONSE_TYPE, EVENT_STREAM_TYPE];

/**
 * The HTTP status of an answer without data. A document that cannot run is 400 for `application/graphql-response+json`
 * and 200 for `application/json`, where the status speaks of HTTP alone (GraphQL over HTTP, "Status codes").
 */
export function refusalStatus(errors: readonly GraphQLFormattedError[], mediaType: OfferedType): number {
  const code = errors[0]?.extensions?.['code'];
  const known = typeof code === 'string' ? STATUS_BY_CODE[code] : undefined;
  if (known !== undefined) return known;
  return TYPES_OF_OWN_STATUS.includes(mediaType) ? 400 : 200;
}
