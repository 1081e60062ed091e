import { AsyncLocalStorage } from 'node:async_hooks';
import type { TracingConfig } from '../../config/tracing-config.ts';
import type { Logger } from '../../logger.ts';
import { traceCalls } from './call-spans.ts';
import { traceOperations } from './operation-spans.ts';
import { createOtlpExporter } from './otlp-exporter.ts';
import { traceRequests } from './request-spans.ts';
import { createSpanStarter } from './span.ts';
import type { TracingParts } from './span-source.ts';

/**
 * Records requests, operations and REST calls as spans, by OpenTelemetry's semantic conventions for HTTP and GraphQL. It
 * listens from outside: without it nothing is spent. No span carries a number, a text, a variable, a document, or a query
 * string.
 */
export function startTracing(config: TracingConfig, logger: Logger): { close(): Promise<void> } {
  const exporter = createOtlpExporter(config, logger);
  const startSpan = createSpanStarter(config.sampling, exporter.add);
  const parts: TracingParts = { startSpan, current: new AsyncLocalStorage() };
  const stops = [traceRequests, traceOperations, traceCalls].map((source) => source(parts));

  return {
    async close() {
      for (const stop of stops) stop();
      await exporter.close();
    },
  };
}
