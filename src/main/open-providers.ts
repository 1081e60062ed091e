import type { ProviderConfig } from '../config/provider-config.ts';
import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { createProvider } from '../rest/provider.ts';
import type { Provider } from '../rest/provider-session.ts';
import type { Hub } from '../subscriptions/hub.ts';

export interface ProviderSurroundings {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** One provider for each workspace, by workspace id. */
export function openProviders(
  config: ProviderConfig,
  baseUrl: string,
  surroundings: ProviderSurroundings,
): ReadonlyMap<string, Provider> {
  return new Map(
    config.workspaces.map(({ id, apiKey, apiSecret }) => [
      id,
      createProvider({
        workspace: id,
        baseUrl,
        apiKey,
        apiSecret,
        timeoutMs: config.timeoutMs,
        maxConnections: config.maxConnections,
        cache: { ttlMs: config.cacheTtlMs },
        ...surroundings,
      }),
    ]),
  );
}

/** Cached messages follow the delivery reports: a reader who was told of one never reads an older status. */
export function followReports(hub: Hub, providers: ReadonlyMap<string, Provider>): void {
  hub.onEntry(({ workspace, report }) => {
    const { messageId, status, rawStatus, statusCode, occurredAt } = report;
    const deliveredAt = status === 'DELIVERED' ? occurredAt : null;
    providers.get(workspace)?.applyReport({ messageId, status, rawStatus, statusCode, deliveredAt });
  });
}
