import type { HttpExchange } from './http-exchange.ts';
import { sendAnswer } from './http-exchange.ts';
import type { OriginPolicy } from './origin-policy.ts';

const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'x-request-id',
  'x-requested-with',
  'last-event-id',
  'graphql-require-preflight',
  'apollo-require-preflight',
].join(', ');
const PREFLIGHT_MAX_AGE_SECONDS = 600;

export type CorsHeaders = Readonly<Record<string, string>>;

/** Tokens travel in a header, never in a cookie: credentials are not allowed across origins. */
export function corsHeaders({ request }: HttpExchange, policy: OriginPolicy): CorsHeaders {
  const { origin } = request.headers;
  if (!policy.isListed(origin)) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'x-request-id, retry-after',
  };
}

export function sendPreflight(exchange: HttpExchange, headers: CorsHeaders): void {
  sendAnswer(exchange, 204, '', {
    ...headers,
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': String(PREFLIGHT_MAX_AGE_SECONDS),
  });
}
