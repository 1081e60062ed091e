import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { GatewayParts } from '../contracts/gateway-parts.ts';

/**
 * What a page of another site may do: nothing, unless its origin is listed. Callers that are no browsers send no
 * `Origin` and are not concerned.
 */
export interface OriginPolicy {
  /** False for a request that a foreign page made; the log says so. */
  isAllowed(request: IncomingMessage): boolean;
  /** True when the page may read the answer although it is of another origin. */
  isListed(origin: string | undefined): origin is string;
  /**
   * False when the request came under a name that is not ours although only this machine can reach us: a foreign name
   * that was pointed at this machine (DNS rebinding), whose pages the browser takes for our own.
   */
  isKnownHost(request: IncomingMessage): boolean;
}

/** Pages that a development server on this machine gives out. */
const LOCAL_ORIGIN = /^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?$/;

export function createOriginPolicy(
  { server, ...parts }: Pick<GatewayParts, 'server' | 'logger' | 'clock'>,
  publicUrl: () => string,
): OriginPolicy {
  const logRefusal = createRefusalLog(parts);
  const isOurName = (hostname: string): boolean => {
    const bare = hostname.replace(/^\[|\]$/g, '');
    return (
      isIP(bare) !== 0 ||
      bare === 'localhost' ||
      bare.endsWith('.localhost') ||
      hostname === new URL(publicUrl()).hostname
    );
  };
  // Nearly every request comes under the same name as the one before it.
  let lastKnownHost: string | null = null;
  const isKnownHost = ({ headers: { host = '' } }: IncomingMessage): boolean => {
    if (!server.isLoopbackOnly || host === lastKnownHost) return true;
    if (!isOurName(hostnameOf(host))) return false;
    lastKnownHost = host;
    return true;
  };
  const isListed = (origin: string): boolean =>
    server.corsOrigins.has(origin) || (server.areLocalOriginsAllowed && LOCAL_ORIGIN.test(origin));
  const isOwn = (origin: string, request: IncomingMessage): boolean => {
    if (!URL.canParse(origin)) return false; // `null`: a sandboxed frame, a file
    const given = new URL(origin);
    if (given.origin === new URL(publicUrl()).origin) return true;
    return given.host === request.headers.host && isKnownHost(request);
  };

  return {
    isKnownHost,
    isListed: (origin): origin is string => origin !== undefined && isListed(origin),
    isAllowed(request) {
      const { origin } = request.headers;
      if (origin === undefined || isListed(origin) || isOwn(origin, request)) return true;
      logRefusal(origin);
      return false;
    },
  };
}

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

const LOG_INTERVAL_MS = 60_000;
/** A page may make origins up, by names of its own: of more than these a minute, nothing is logged. */
const MAX_LOGGED_ORIGINS = 20;
const MAX_LOGGED_LENGTH = 200;

/** Logs each refused origin once a minute: the operator sees what to add, and nobody can fill the log. */
function createRefusalLog({ logger, clock }: Pick<GatewayParts, 'logger' | 'clock'>) {
  const loggedAtMs = new Map<string, number>();
  return (refused: string): void => {
    const nowMs = clock.now();
    for (const [origin, atMs] of loggedAtMs) if (nowMs - atMs >= LOG_INTERVAL_MS) loggedAtMs.delete(origin);
    // Only a browser writes this header as it is; what is no origin is somebody's text, and stays out of the log.
    if (refused.length > MAX_LOGGED_LENGTH || !isOrigin(refused)) return;
    if (loggedAtMs.has(refused) || loggedAtMs.size >= MAX_LOGGED_ORIGINS) return;
    loggedAtMs.set(refused, nowMs);
    logger.info(
      { origin: refused },
      'a page of this origin was refused: list it in CORS_ORIGINS if it may call',
    );
  };
}

/** Empty, and so nobody's, when it is no host at all. */
function hostnameOf(host: string): string {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
}

const PREFLIGHTED_HEADERS = [
  'x-requested-with',
  'x-request-id',
  'apollo-require-preflight',
  'graphql-require-preflight',
] as const;

/**
 * True when a page of another site cannot have caused the request unasked: it carries a header that a browser sends only
 * after a preflight, or the browser itself says that the page is ours, or that a person typed the address. A token counts
 * only where `fetch` says that it was a script that set it: what else sends tokens by itself is not known.
 */
export function isCsrfSafe({ headers }: IncomingMessage): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  if (site === 'same-origin' || site === 'none') return true;
  if (headers.authorization !== undefined && mode === 'cors') return true;
  return PREFLIGHTED_HEADERS.some((name) => headers[name] !== undefined) || isEventSource(headers);
}

/**
 * An `EventSource` can set no header. What it opens changes nothing, and a page of another site cannot read it; that it is
 * not opened for such a page, which would cost a stream, is left to the browser's own word.
 */
const isEventSource = ({ accept, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean =>
  accept === 'text/event-stream' && site === undefined;
