import type { GraphQLFormattedError } from 'graphql';
import type { HttpError } from '../http/http-error.ts';
import { type HttpExchange, sendAnswer } from '../http/http-exchange.ts';
import { GRAPHQL_RESPONSE_TYPE, JSON_TYPE, type OfferedType } from '../http/media-type.ts';
import { refusalStatus } from './refusal-status.ts';

/** A request to `/graphql` and how it wants to be answered. */
export interface GraphqlExchange extends HttpExchange {
  readonly mediaType: OfferedType;
  readonly headers: Readonly<Record<string, string>>;
}

export function sendGraphqlResult(exchange: GraphqlExchange, status: number, body: string): void {
  const type = exchange.mediaType === GRAPHQL_RESPONSE_TYPE ? GRAPHQL_RESPONSE_TYPE : JSON_TYPE;
  sendAnswer(exchange, status, body, { ...exchange.headers, 'content-type': `${type}; charset=utf-8` });
}

/** An answer without data. */
export function sendRefusal(exchange: GraphqlExchange, errors: readonly GraphQLFormattedError[]): void {
  const status = refusalStatus(errors, exchange.mediaType);
  const headers = { ...exchange.headers, ...statusHeaders(status, errors) };
  sendGraphqlResult({ ...exchange, headers }, status, JSON.stringify({ errors }));
}

/** A request that never became an operation: its own status, and still an answer that GraphQL clients can read. */
export function sendRequestError(exchange: GraphqlExchange, error: HttpError): void {
  const { status, code, message } = error;
  const headers = { ...exchange.headers, ...error.headers };
  const errors = [{ message, extensions: { code, requestId: exchange.requestId } }];
  sendGraphqlResult({ ...exchange, headers }, status, JSON.stringify({ errors }));
}

/** What intermediaries and simple clients act on without reading the errors. */
function statusHeaders(
  status: number,
  [error]: readonly GraphQLFormattedError[],
): Readonly<Record<string, string>> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status !== 429 && status !== 503) return {};
  const seconds = error?.extensions?.['retryAfterSeconds'];
  return { 'retry-after': String(typeof seconds === 'number' ? Math.ceil(seconds) : 1) };
}
