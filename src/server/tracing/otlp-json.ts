import type { Attributes, AttributeValue, FinishedSpan } from './span.ts';

const SCOPE = { name: 'sms-graphql-gateway' };
const STATUS_UNSET = {};
const STATUS_ERROR = { code: 2 };

/** The body of an OTLP export as JSON: ids in hex, 64-bit numbers as strings. */
export const encodeTraces = (resource: Attributes, spans: readonly FinishedSpan[]) => ({
  resourceSpans: [
    {
      resource: { attributes: encodeAttributes(resource) },
      scopeSpans: [{ scope: SCOPE, spans: spans.map(encodeSpan) }],
    },
  ],
});

const encodeSpan = (span: FinishedSpan) => ({
  traceId: span.context.traceId,
  spanId: span.context.spanId,
  ...(span.parentSpanId !== null && { parentSpanId: span.parentSpanId }),
  name: span.name,
  kind: span.kind,
  startTimeUnixNano: String(span.startedAtNs),
  endTimeUnixNano: String(span.endedAtNs),
  attributes: encodeAttributes(span.attributes),
  status: span.isError ? STATUS_ERROR : STATUS_UNSET,
});

const encodeAttributes = (attributes: Attributes) =>
  Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: encodeValue(value) }],
  );

function encodeValue(value: AttributeValue) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
