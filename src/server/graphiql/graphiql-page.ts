import { createHash } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { createGunzip, gzip } from 'node:zlib';
import type { HttpExchange } from '../http/http-exchange.ts';
import { GRAPHIQL_TABS } from './graphiql-tabs.ts';

/** GraphiQL as one self-contained page: no file, font or script of it is loaded from anywhere else. */
export interface GraphiqlPage {
  send(exchange: HttpExchange): Promise<void>;
}

interface RenderedPage {
  readonly gzipped: Buffer;
  readonly headers: OutgoingHttpHeaders;
  readonly etag: string;
}

/** Rendered at the first request: nine megabytes of source are not loaded where nobody opens the page. */
export function createGraphiqlPage(): GraphiqlPage {
  let rendered: Promise<RenderedPage> | null = null;
  return {
    async send({ request, response, requestId }) {
      rendered ??= renderPage();
      const { gzipped, headers, etag } = await rendered;
      const common = { ...headers, 'x-request-id': requestId, etag, vary: 'accept, accept-encoding, origin' };
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304, common).end();
      } else if (/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
        response.writeHead(200, { ...common, 'content-encoding': 'gzip', 'content-length': gzipped.length });
        response.end(gzipped);
      } else {
        response.writeHead(200, common);
        const gunzip = createGunzip();
        gunzip.pipe(response);
        gunzip.end(gzipped);
      }
    },
  };
}

/**
 * The page leaves offsets of an old layout on its tabs and applies them while a tab is pressed: the tab jumps away from
 * under the mouse, and the click goes elsewhere.
 */
const TABS_STAY = '<style>.graphiql-tab { transform: none !important; }</style>';

/** Only the compressed bytes are kept. */
async function renderPage(): Promise<RenderedPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL({
    title: 'SMS gateway: GraphiQL',
    endpoint: '/graphql',
    subscriptionsProtocol: 'GRAPHQL_SSE',
    defaultTabs: GRAPHIQL_TABS.map((tab) => ({ ...tab })),
    // A reload opens the tab that holds this query, or the one in the URL; without it a sixth, empty tab.
    ...GRAPHIQL_TABS[0],
    shouldPersistHeaders: false,
    schemaDescription: true,
  });
  const html = page.trim().replace('</head>', `${TABS_STAY}</head>`);
  const gzipped = await promisify(gzip)(html, { level: 9 });
  const etag = `"${createHash('sha256').update(gzipped).digest('base64url')}"`;
  return { gzipped, etag, headers: pageHeaders(html) };
}

function pageHeaders(html: string): OutgoingHttpHeaders {
  return {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'content-security-policy': contentSecurityPolicy(html),
  };
}

/** The page's one script by its hash, its workers from blobs it makes itself, and requests to us alone. */
function contentSecurityPolicy(html: string): string {
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, source = '']) => source);
  const hashes = scripts.map((source) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')}`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
