import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What may come back in a header and go into a log line: no spaces, no control characters, short. */
const USABLE = /^[\w.:-]{1,64}$/;

/** The caller's own `X-Request-Id` when it is usable, otherwise a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && USABLE.test(given) ? given : randomUUID();
}
