import type { Balance, NetworkPrice, Payment } from '../domain/account.ts';
import type { Interruptible } from '../domain/interruptible.ts';
import type { MessageQuery, OffsetPage, StatsQuery, TrafficQuery } from '../domain/list-query.ts';
import type { Message, StatusNews } from '../domain/message.ts';
import type { SendReceipt, SendRequest, SignedAttempt } from '../domain/send.ts';
import type { CountryStats, DailyStats, TrafficTotals } from '../domain/statistics.ts';
import type { TrafficItem } from '../domain/traffic-item.ts';
import type { WebhookAttempt, WebhookSettings, WebhookSettingsChange } from '../domain/webhook-settings.ts';
import type { UpstreamLane } from '../metrics.ts';

/** What one operation cost at the provider; told in `extensions.upstream`. */
export interface UpstreamCost {
  /** REST calls made, retries included. */
  calls: number;
  /** Answers shared with an identical call that was already in flight. */
  coalesced: number;
  /** Answers taken from the read cache. */
  cached: number;
}

/** A page of a million rows is never held: bytes as they come from the provider. */
export interface CsvStream {
  readonly body: AsyncIterable<Uint8Array>;
  readonly contentType: string;
}

/**
 * One workspace's provider for the length of one operation: loaders are per operation, the read cache and the
 * connection pool behind them are per process. Every method stops when the operation's signal aborts.
 *
 * Reads throw GatewayErrors: UpstreamRefusedError, UpstreamUnavailableError, RateLimitedError, and UpstreamContractError
 * (masked) when the answer makes no sense.
 */
export interface ProviderSession {
  readonly workspace: string;
  readonly cost: UpstreamCost;

  /** The provider's clock (ms since epoch), by the `Date` of its last answer; null before the first one. */
  providerTimeMs(): number | null;

  /**
   * One POST, never repeated once its bytes may have been read. Throws the typed send errors of `domain/errors.ts`; whatever else
   * it throws leaves the outcome unknown. The operation's signal does not stop it: a caller who hangs up must not turn a
   * send into an unknown outcome.
   */
  sendMessages(request: SendRequest, options: SendOptions): Promise<SendReceipt>;
  /** Null when the provider knows no such message. Ids asked in the same tick share calls. */
  loadMessage(messageId: string): Promise<Message | null>;
  /** In the order asked; one failed id does not fail the others. */
  loadMessages(messageIds: readonly string[]): Promise<readonly (Message | null | Error)[]>;
  /** As loadMessage, but past every cache. */
  refreshMessage(messageId: string): Promise<Message | null>;
  listMessages(query: MessageQuery, page: PageRequest): Promise<OffsetPage<Message>>;
  listTraffic(query: TrafficQuery, page: PageRequest): Promise<OffsetPage<TrafficItem>>;
  exportTraffic(query: TrafficQuery, signal: AbortSignal): Promise<CsvStream>;
  fetchTotals(query: StatsQuery): Promise<TrafficTotals>;
  fetchDailyStats(query: StatsQuery): Promise<readonly DailyStats[]>;
  fetchCountryStats(query: StatsQuery): Promise<readonly CountryStats[]>;
  fetchBalance(): Promise<Balance>;
  /** @param lane where to wait for a place: a send that needs the prices waits as sends do */
  fetchPrices(lane?: UpstreamLane): Promise<readonly NetworkPrice[]>;
  fetchPayments(): Promise<readonly Payment[]>;
  fetchWebhookSettings(): Promise<WebhookSettings>;
  fetchWebhookAttempts(): Promise<readonly WebhookAttempt[]>;
  updateWebhookSettings(change: WebhookSettingsChange): Promise<WebhookSettings>;
  /** Asks the provider to post a test webhook. */
  testWebhook(): Promise<void>;
}

/** `page` counts from 1, `limit` is 1 to 100. A fresh page passes the read cache by, but may share a call in flight. */
export interface PageRequest {
  readonly page: number;
  readonly limit: number;
  readonly isFresh?: boolean;
}

/**
 * A 429 without the provider's envelope: documented to come before anything is accepted, but anything on the way can write one.
 * The send is not repeated here.
 */
export class UnprovenRateLimitError extends Error {
  override readonly name = 'UnprovenRateLimitError';
  constructor(
    /** How long the answer asks to wait; null when it does not say. */
    readonly retryAfterMs: number | null,
    /** How long to wait before it could be made again. */
    readonly waitMs: number,
  ) {
    super('The rate of requests is limited, but not in the words of the provider.');
  }
}

export interface SendOptions {
  /**
   * Called right before each request is written, and awaited; what it throws stops the send. With a signed key it is given the
   * pair that is about to be used: the ledger keeps it for the one byte-identical probe.
   */
  readonly beforeWrite?: (signed: SignedAttempt | null) => Promise<void>;
  /** Asked in the very moment of writing. False: the request is not written. */
  readonly mayStillStart?: () => boolean;
  /** Re-sends exactly this signed attempt instead of a new one: the provider accepts such a pair at most once. */
  readonly replay: SignedAttempt | null;
  /** Stops the send, with its own reason, as long as the request is certainly not on the wire. Later it has no effect. */
  readonly startSignal?: AbortSignal;
}

export interface SessionOptions {
  /**
   * The lane in which its calls wait for a place at the provider; sends always wait in their own. @default that of each
   * call: reads of one message before other reads, exports last
   */
  readonly lane?: UpstreamLane;
}

/** One workspace at the provider, for the length of the process. */
export interface Provider {
  readonly workspace: string;
  openSession(caller: Interruptible, options?: SessionOptions): ProviderSession;
  /** The provider's clock (ms since epoch), by its last answer; null before the first one. */
  clockMs(): number | null;
  /** A report arrived: the cached message follows it at once, without a call. */
  applyReport(news: StatusNews): void;
  close(): Promise<void>;
}
