import type { GuardsConfig } from './config/guards.ts';
import type { Clock } from './domain/clock.ts';
import type { Interruptible } from './domain/interruptible.ts';
import type { PendingWork } from './domain/pending-work.ts';
import type { TokenSealer } from './domain/sealed-token.ts';
import type { Viewer } from './domain/viewer.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { ProviderSession } from './rest/provider-session.ts';
import type { SendAttempts } from './store/send-attempts.ts';
import type { Store } from './store/store.ts';
import type { Hub } from './subscriptions/hub.ts';

/** Everything one GraphQL operation may use, complete: made by the server for each operation, never shared. */
export interface OperationContext {
  readonly requestId: string;
  readonly viewer: Viewer;
  /** Its signal aborts when the caller hangs up. */
  readonly hangUp: Interruptible;
  readonly provider: ProviderSession;
  readonly store: Store;
  readonly hub: Hub;
  readonly sealers: Sealers;
  /** Secret that all replicas share: fingerprints of sends are keyed by it. */
  readonly rootKey: Buffer;
  /** Names this process in claims and leases. */
  readonly processId: string;
  /** Where callers reach this gateway, without a trailing slash: `http://127.0.0.1:4000`. */
  readonly publicUrl: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** What sends are checked against before they are claimed. */
  readonly guards: GuardsConfig;
  /** Work that goes on after the caller hung up: the process waits for it before it ends. */
  readonly pendingWork: PendingWork;
  /** What this process knows of its own sends. */
  readonly sendAttempts: SendAttempts;
}

export interface Sealers {
  readonly pageCursor: TokenSealer;
  readonly eventCursor: TokenSealer;
  readonly exportToken: TokenSealer;
}
