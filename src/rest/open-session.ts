import { setMaxListeners } from 'node:events';
import type { Interruptible } from '../domain/interruptible.ts';
import type { Message } from '../domain/message.ts';
import type { SendReceipt, SendRequest } from '../domain/send.ts';
import { toError } from '../domain/to-error.ts';
import type { UpstreamLane } from '../metrics.ts';
import { fetchBalance, fetchPayments, fetchPrices } from './areas/account.ts';
import { fetchMessage, listMessages } from './areas/messages.ts';
import type { ProviderParts } from './areas/provider-parts.ts';
import { sendMessages } from './areas/send.ts';
import { messagesOfReceipt } from './areas/sent-messages.ts';
import { fetchCountryStats, fetchDailyStats, fetchTotals } from './areas/stats.ts';
import { exportTraffic, listTraffic } from './areas/traffic.ts';
import {
  fetchWebhookAttempts,
  fetchWebhookSettings,
  testWebhook,
  updateWebhookSettings,
} from './areas/webhooks.ts';
import type { CallScope } from './client/call.ts';
import { createMessageLoader } from './loaders/message-loader.ts';
import type { ProviderSession, SendOptions, SessionOptions, UpstreamCost } from './provider-session.ts';

/** The provider as one operation uses it. */
export function openSession(
  parts: ProviderParts,
  caller: Interruptible,
  { lane }: SessionOptions = {},
): ProviderSession {
  const scope = new SessionScope(caller, lane ?? null);
  const loader = createMessageLoader(parts, scope);
  const ownSends = createOwnSends(parts);
  const loadMessage = async (messageId: string) => ownSends.find(messageId) ?? loader.load(messageId);

  return {
    workspace: parts.workspace,
    cost: scope.cost,
    providerTimeMs: parts.client.providerTimeMs,
    async sendMessages(request: SendRequest, options: SendOptions) {
      const receipt = await sendMessages(parts, scope, request, options);
      ownSends.note(request, receipt);
      return receipt;
    },
    loadMessage,
    loadMessages: (messageIds) => Promise.all(messageIds.map((id) => loadMessage(id).catch(toError))),
    refreshMessage: (messageId) => fetchMessage(parts, scope, messageId, { isFresh: true }),
    listMessages: (query, page) => listMessages(parts, scope, query, page),
    listTraffic: (query, page) => listTraffic(parts, scope, query, page),
    exportTraffic: (query, downloadSignal) =>
      exportTraffic(parts, { ...scope, signal: downloadSignal }, query),
    fetchTotals: (query) => fetchTotals(parts, scope, query),
    fetchDailyStats: (query) => fetchDailyStats(parts, scope, query),
    fetchCountryStats: (query) => fetchCountryStats(parts, scope, query),
    fetchBalance: () => fetchBalance(parts, scope),
    fetchPrices: (lane) => fetchPrices(parts, lane === undefined ? scope : scope.inLane(lane)),
    fetchPayments: () => fetchPayments(parts, scope),
    fetchWebhookSettings: () => fetchWebhookSettings(parts, scope),
    fetchWebhookAttempts: () => fetchWebhookAttempts(parts, scope),
    updateWebhookSettings: (change) => updateWebhookSettings(parts, scope, change),
    testWebhook: () => testWebhook(parts, scope),
  };
}

/** On whose behalf the calls of one operation are made. An operation that is answered from memory asks for no signal. */
class SessionScope implements CallScope {
  readonly #caller: Interruptible;
  readonly lane: UpstreamLane | null;
  readonly cost: UpstreamCost;
  #signal: AbortSignal | null = null;

  constructor(
    caller: Interruptible,
    lane: UpstreamLane | null,
    cost = { calls: 0, coalesced: 0, cached: 0 },
  ) {
    this.#caller = caller;
    this.lane = lane;
    this.cost = cost;
  }

  inLane(lane: UpstreamLane): SessionScope {
    return new SessionScope(this.#caller, lane, this.cost);
  }

  get signal(): AbortSignal {
    if (this.#signal !== null) return this.#signal;
    this.#signal = this.#caller.signal;
    setMaxListeners(0, this.#signal); // an operation may well wait for a hundred calls at once
    return this.#signal;
  }
}

/** What this very operation sent: known without a call for as long as the operation lasts. */
function createOwnSends({ messages, clock }: ProviderParts) {
  const sent = new Map<string, Message>();
  return {
    note(request: SendRequest, receipt: SendReceipt): void {
      for (const message of messagesOfReceipt(request, receipt, clock)) {
        sent.set(message.messageId, message);
        messages.seed(message);
      }
    },
    find(messageId: string): Message | undefined {
      const own = sent.get(messageId);
      return own && (messages.lastKnown(messageId) ?? own);
    },
  };
}
