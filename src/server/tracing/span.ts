import { randomBytes } from 'node:crypto';
import type { Sampling } from '../../config/tracing-config.ts';
import type { TraceParent } from './trace-parent.ts';

export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** As OTLP numbers them. */
export const SPAN_KIND = { server: 2, client: 3 } as const;

export interface FinishedSpan {
  readonly context: TraceParent;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: (typeof SPAN_KIND)[keyof typeof SPAN_KIND];
  readonly startedAtNs: bigint;
  readonly endedAtNs: bigint;
  readonly attributes: Attributes;
  readonly isError: boolean;
}

export interface Span {
  readonly context: TraceParent;
  end(outcome: { readonly attributes?: Attributes; readonly isError: boolean }): void;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: FinishedSpan['kind'];
  readonly parent: TraceParent | null;
  readonly attributes: Attributes;
}

export type StartSpan = (start: SpanStart) => Span;

/** Begins spans; those that are recorded go to `record` when they end. */
export function createSpanStarter(sampling: Sampling, record: (span: FinishedSpan) => void): StartSpan {
  return ({ name, kind, parent, attributes }) => {
    const traceId = parent?.traceId ?? randomHex(16);
    const isSampled = decide(sampling, parent, traceId);
    const context: TraceParent = { traceId, spanId: randomHex(8), isSampled, isLocal: true };
    const startedAtNs = nowNs();
    return {
      context,
      end({ attributes: more, isError }) {
        if (!isSampled) return;
        record({
          context,
          parentSpanId: parent?.spanId ?? null,
          name,
          kind,
          startedAtNs,
          endedAtNs: nowNs(),
          attributes: { ...attributes, ...more },
          isError,
        });
      },
    };
  };
}

/** Spans of this process follow the first of them, which follows its caller where that is asked for. */
function decide({ ratio, followsCaller }: Sampling, parent: TraceParent | null, traceId: string): boolean {
  if (parent !== null && (followsCaller || parent.isLocal === true)) return parent.isSampled;
  // By the id, so that all services with the same ratio choose the same traces.
  return Number.parseInt(traceId.slice(-14), 16) < ratio * 2 ** 56;
}

const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex');

const nowNs = (): bigint => BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
