import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { routeOf } from '../http/route.ts';
import { SPAN_KIND, type SpanStart } from './span.ts';
import type { SpanSource } from './span-source.ts';
import { parseTraceParent } from './trace-parent.ts';

const REQUEST_STARTS = 'http.server.request.start'; // a channel of Node's own

/** One span for each request for GraphQL, a webhook or a download; it goes on the trace of its caller. */
export const traceRequests: SpanSource = ({ startSpan, current }) => {
  const onStart = (message: unknown): void => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const start = describeRequest(request);
    if (start === null) return;
    const span = startSpan(start);
    response.once('close', () => {
      const status = response.statusCode;
      const isError = status >= 500;
      const attributes = {
        'http.response.status_code': status,
        'error.type': isError ? String(status) : undefined,
      };
      span.end({ attributes, isError });
    });
    // Node announces a request right before it is handled: what handles it runs in this context, and nothing else does.
    current.enterWith(span.context);
  };

  subscribe(REQUEST_STARTS, onStart);
  return () => void unsubscribe(REQUEST_STARTS, onStart);
};

/** Null for probes, and for servers of this process that are not the gateway's. */
function describeRequest(request: IncomingMessage): SpanStart | null {
  const route = ROUTES.get(routeOf(request.url).name);
  if (route === undefined) return null;
  const { method = 'GET', httpVersion, headers } = request;
  const parentHeader = headers['traceparent'];
  return {
    name: `${method} ${route}`,
    kind: SPAN_KIND.server,
    parent: parseTraceParent(typeof parentHeader === 'string' ? parentHeader : undefined),
    attributes: {
      'http.request.method': method,
      'http.route': route,
      // A path with a part of its own is left out: callers may write what they like there.
      'url.path': route.includes('{') ? undefined : route,
      'url.scheme': 'http',
      'network.protocol.version': httpVersion,
    },
  };
}

const ROUTES: ReadonlyMap<string, string> = new Map([
  ['graphql', '/graphql'],
  ['webhook', '/webhooks/{workspace}/delivery'],
  ['export', '/exports/messages.csv'],
]);
