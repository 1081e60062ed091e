import { request } from 'undici';
import type { TracingConfig } from '../../config/tracing-config.ts';
import type { Logger } from '../../logger.ts';
import { encodeTraces } from './otlp-json.ts';
import type { FinishedSpan } from './span.ts';

export interface SpanExporter {
  /** Never blocks and never throws: spans that find no room are lost. */
  add(span: FinishedSpan): void;
  /** Sends what is left. */
  close(): Promise<void>;
}

// The defaults of the OpenTelemetry batch processor.
const MAX_QUEUE = 2048;
const BATCH_SIZE = 512;
const INTERVAL_MS = 5000;

/** Sends spans in batches. A collector that is away costs the spans, not the gateway. */
export function createOtlpExporter(config: TracingConfig, logger: Logger): SpanExporter {
  const queue: FinishedSpan[] = [];
  let sending: Promise<void> | null = null;
  let isAway = false;

  async function send(spans: readonly FinishedSpan[]): Promise<void> {
    const { statusCode, body } = await request(config.url, {
      method: 'POST',
      headers: { ...config.headers, 'content-type': 'application/json' },
      body: JSON.stringify(encodeTraces(config.resource, spans)),
      signal: AbortSignal.timeout(config.timeoutMs),
    });
    await body.dump();
    if (statusCode >= 300) throw new Error(`The collector answered ${statusCode}.`);
  }

  async function sendAll(): Promise<void> {
    while (queue.length > 0) {
      try {
        await send(queue.splice(0, BATCH_SIZE));
        isAway = false;
      } catch (error) {
        // Told once an outage; the batch is lost, as a trace is worth less than the memory of many.
        if (!isAway) logger.warn({ err: error }, 'traces cannot be delivered');
        isAway = true;
        return;
      }
    }
  }

  const flush = (): Promise<void> => {
    sending ??= sendAll().finally(() => {
      sending = null;
    });
    return sending;
  };
  const timer = setInterval(flush, INTERVAL_MS).unref();

  return {
    add(span) {
      if (queue.length >= MAX_QUEUE) return;
      queue.push(span);
      if (queue.length >= BATCH_SIZE) void flush();
    },
    async close() {
      clearInterval(timer);
      await sending;
      await flush();
    },
  };
}
