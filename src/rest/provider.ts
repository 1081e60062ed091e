import type { ProviderParts } from './areas/provider-parts.ts';
import { createMessageCache } from './cache/message-cache.ts';
import { createReadCache } from './cache/read-cache.ts';
import { createClient } from './client/client.ts';
import { openSession } from './open-session.ts';
import { type ProviderOptions, resolveSettings } from './provider-options.ts';
import type { Provider } from './provider-session.ts';
import { createRowReader } from './wire/rows.ts';

/** One workspace at the provider, for the length of the process: its connections, limits and caches. */
export function createProvider(options: ProviderOptions): Provider {
  const settings = resolveSettings(options);
  const { clock, logger, metrics } = options;
  const { ttlMs, pricesTtlMs, maxAnswers, maxMessages } = settings.cache;
  const parts: ProviderParts = {
    workspace: settings.workspace,
    clock,
    logger,
    client: createClient({ settings, clock, logger, metrics }),
    reads: createReadCache({ clock, metrics, ttlMs, maxAnswers }),
    priceReads: createReadCache({ clock, metrics, ttlMs: pricesTtlMs, maxAnswers: 1 }),
    messages: createMessageCache({ clock, ttlMs, maxMessages }),
    rows: createRowReader(logger, metrics),
  };
  return {
    workspace: settings.workspace,
    openSession: (caller, sessionOptions) => openSession(parts, caller, sessionOptions),
    applyReport: parts.messages.applyReport,
    clockMs: parts.client.providerTimeMs,
    close: parts.client.close,
  };
}
