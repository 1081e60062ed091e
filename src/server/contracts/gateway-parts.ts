import type { GraphQLSchema } from 'graphql';
import type { GuardsConfig } from '../../config/guards.ts';
import type { LimitsConfig } from '../../config/limits.ts';
import type { ServerConfig } from '../../config/server-config.ts';
import type { Sealers } from '../../context.ts';
import type { Clock } from '../../domain/clock.ts';
import type { PendingWork } from '../../domain/pending-work.ts';
import type { Logger } from '../../logger.ts';
import type { Metrics } from '../../metrics.ts';
import type { Provider } from '../../rest/provider-session.ts';
import type { SendAttempts } from '../../store/send-attempts.ts';
import type { Store } from '../../store/store.ts';
import type { Hub } from '../../subscriptions/hub.ts';
import type { Authenticator } from './authenticator.ts';
import type { QueryLimits } from './query-limits.ts';
import type { ReceiveWebhook } from './receive-webhook.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** Everything the server is put together from: `main.ts` makes it, and tests make it with parts of their own. */
export interface GatewayParts {
  readonly schema: GraphQLSchema;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly store: Store;
  readonly hub: Hub;
  /** By workspace id. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** Of `/webhooks/delivery`. */
  readonly defaultWorkspace: string;
  /** Takes a delivery report in: checks its signature and makes it durable. */
  readonly receiveWebhook: ReceiveWebhook;
  readonly authenticator: Authenticator;
  readonly queryLimits: QueryLimits;
  /** Null: callers send documents of their own. */
  readonly trustedDocuments: TrustedDocuments | null;
  readonly sealers: Sealers;
  readonly rootKey: Buffer;
  readonly processId: string;
  /** What outlives its caller; a drain waits for it. */
  readonly pendingWork: PendingWork;
  /** What this process knows of its own sends. */
  readonly sendAttempts: SendAttempts;
  readonly server: ServerConfig;
  readonly limits: LimitsConfig;
  readonly guards: GuardsConfig;
  /** What a person should look at though it keeps no caller from being served; shown by readiness. */
  readonly readinessWarnings: () => readonly string[];
}
