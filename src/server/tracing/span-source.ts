import type { AsyncLocalStorage } from 'node:async_hooks';
import type { StartSpan } from './span.ts';
import type { TraceParent } from './trace-parent.ts';

export interface TracingParts {
  readonly startSpan: StartSpan;
  /** The span that what runs now belongs to. */
  readonly current: AsyncLocalStorage<TraceParent>;
}

/** Begins to listen; the function it returns ends that. */
export type SpanSource = (parts: TracingParts) => () => void;
