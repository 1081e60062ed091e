import { pino } from 'pino';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import { createProvider } from '../../src/rest/provider.ts';
import type { ProviderOptions } from '../../src/rest/provider-options.ts';
import type { Provider, ProviderSession } from '../../src/rest/provider-session.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

export interface TestProvider {
  readonly provider: Provider;
  readonly clock: ManualClock;
  readonly metrics: Metrics;
  /** A session whose caller stays. */
  session(): ProviderSession;
}

/** Waits between attempts that a test can afford. */
export const QUICK_RETRIES = { baseDelayMs: 1, rateLimitDelayMs: 1 };

/** A provider of the real client, caches and loaders; time stands still unless the test moves it. */
export function createTestProvider(baseUrl: string, options: Partial<ProviderOptions> = {}): TestProvider {
  const clock = createManualClock();
  const metrics = createMetrics({ process: false });
  const provider = createProvider({
    workspace: 'main',
    baseUrl,
    apiKey: 'sk_prod_of_the_test',
    apiSecret: null,
    clock,
    logger: pino({ level: 'silent' }),
    metrics,
    retry: QUICK_RETRIES,
    ...options,
  });
  return {
    provider,
    clock,
    metrics,
    session: () => provider.openSession(new AbortController()),
  };
}
