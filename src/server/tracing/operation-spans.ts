import { hideDigits } from '../../logger/redact-value.ts';
import { graphqlOperations, type TracedOperation } from './operation-channel.ts';
import { SPAN_KIND, type Span, type SpanStart } from './span.ts';
import type { SpanSource } from './span-source.ts';

const MAX_NAME_LENGTH = 80;

/** One span for each operation, on whatever transport; of a subscription, for its opening. */
export const traceOperations: SpanSource = ({ startSpan, current }) => {
  const spans = new WeakMap<object, Span>();
  const onEnd = (message: unknown): void => {
    const { result } = message as TracedOperation;
    const isError = result === undefined || result.kind === 'refusal' || result.hasErrors === true;
    spans.get(message as TracedOperation)?.end({ isError });
  };

  graphqlOperations.start.bindStore(current, (operation) => {
    const span = startSpan({ ...describeOperation(operation), parent: current.getStore() ?? null });
    spans.set(operation, span);
    return span.context;
  });
  graphqlOperations.asyncEnd.subscribe(onEnd);
  return () => {
    graphqlOperations.start.unbindStore(current);
    graphqlOperations.asyncEnd.unsubscribe(onEnd);
  };
};

/** The name is the caller's, so it is an attribute and not part of the span's name, and shows no number. The kind is that of the conventions. */
const describeOperation = ({ type, name }: TracedOperation): Omit<SpanStart, 'parent'> => ({
  name: type,
  kind: SPAN_KIND.server,
  attributes: {
    'graphql.operation.type': type,
    'graphql.operation.name': name === null ? undefined : hideDigits(name).slice(0, MAX_NAME_LENGTH),
  },
});
