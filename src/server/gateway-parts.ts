import type { GraphQLSchema } from 'graphql';
import type { Sealers } from '../context.ts';
import type { Clock } from '../domain/clock.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { Provider } from '../rest/provider-session.ts';
import type { Store } from '../store/store.ts';
import type { Hub } from '../subscriptions/hub.ts';
import type { Authenticator } from './contracts/authenticator.ts';
import type { QueryLimits } from './contracts/query-limits.ts';
import type { TrustedDocuments } from './contracts/trusted-documents.ts';

/** Everything the server is put together from; `main.ts` makes it, tests make it with their own parts. */
export interface GatewayParts {
  readonly schema: GraphQLSchema;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly store: Store;
  readonly hub: Hub;
  /** By workspace id. */
  readonly providers: ReadonlyMap<string, Provider>;
  /** By workspace id; newest secret first. */
  readonly webhookSecrets: ReadonlyMap<string, readonly string[]>;
  readonly authenticator: Authenticator;
  readonly queryLimits: QueryLimits;
  /** Null: callers send documents of their own. */
  readonly trustedDocuments: TrustedDocuments | null;
  readonly sealers: Sealers;
  readonly rootKey: Buffer;
  readonly processId: string;
  readonly options: ServerOptions;
}

export interface ServerOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Where callers reach the gateway, without a trailing slash; null: `http://host:port` as listened. */
  readonly publicUrl: string | null;
  readonly isSandbox: boolean;
  /** Origins whose pages may call; the gateway's own always may. */
  readonly corsOrigins: readonly string[];
  readonly isGraphiqlEnabled: boolean;
  readonly isIntrospectionEnabled: boolean;
  readonly limits: TransportLimits;
}

export interface TransportLimits {
  readonly graphqlBodyBytes: number;
  readonly webhookBodyBytes: number;
  /** A body that is not complete by then is refused with 408. */
  readonly bodyTimeoutMs: number;
  readonly webSocketMessageBytes: number;
  readonly connectionInitTimeoutMs: number;
  readonly subscriptionsPerSocket: number;
  /** Open sockets of one caller: its `sub`, or its address when it has none. */
  readonly socketsPerCaller: number;
  /** SSE streams of one caller. */
  readonly streamsPerCaller: number;
  /** Readers are turned away while the event loop lags more than this; webhooks are not. */
  readonly maxEventLoopLagMs: number;
}

export const DEFAULT_TRANSPORT_LIMITS: TransportLimits = {
  graphqlBodyBytes: 128 * 1024,
  webhookBodyBytes: 64 * 1024,
  bodyTimeoutMs: 10_000,
  webSocketMessageBytes: 64 * 1024,
  connectionInitTimeoutMs: 3_000,
  subscriptionsPerSocket: 20,
  socketsPerCaller: 100,
  streamsPerCaller: 100,
  maxEventLoopLagMs: 250,
};
