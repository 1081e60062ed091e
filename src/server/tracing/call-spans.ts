import { type TracedCall, upstreamCalls } from '../../rest/client/upstream-channel.ts';
import { type Attributes, SPAN_KIND, type Span, type SpanStart } from './span.ts';
import type { SpanSource } from './span-source.ts';
import { formatTraceParent } from './trace-parent.ts';

/** One span for each REST call, every attempt its own; the provider is told the trace. */
export const traceCalls: SpanSource = ({ startSpan, current }) => {
  const spans = new WeakMap<object, Span>();
  const onEnd = (message: unknown): void => {
    spans.get(message as TracedCall)?.end(judgeCall(message as TracedCall));
  };

  upstreamCalls.start.bindStore(current, (call) => {
    const span = startSpan({ ...describeCall(call), parent: current.getStore() ?? null });
    spans.set(call, span);
    call.headers['traceparent'] = formatTraceParent(span.context);
    return span.context;
  });
  upstreamCalls.asyncEnd.subscribe(onEnd);
  return () => {
    upstreamCalls.start.unbindStore(current);
    upstreamCalls.asyncEnd.unsubscribe(onEnd);
  };
};

/** By area: paths hold message ids, and query strings hold numbers. */
function describeCall({ area, method, origin }: TracedCall): Omit<SpanStart, 'parent'> {
  const { hostname, port, protocol } = new URL(origin);
  return {
    name: `${method} ${area}`,
    kind: SPAN_KIND.client,
    attributes: {
      'http.request.method': method,
      'url.template': area,
      'server.address': hostname,
      'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
    },
  };
}

function judgeCall({ result }: TracedCall): { readonly attributes: Attributes; readonly isError: boolean } {
  if (result?.kind === 'answer') {
    const { status } = result.answer;
    const isError = status >= 400;
    const errorType = isError ? String(status) : undefined;
    return { attributes: { 'http.response.status_code': status, 'error.type': errorType }, isError };
  }
  const errorType = result?.kind === 'failed' ? result.failure.reason : 'aborted';
  return { attributes: { 'error.type': errorType }, isError: true };
}
