import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { GUARDS } from './domain/guard.ts';
import {
  createCounter,
  createGauge,
  createHistogram,
  type LabelledCounter,
  type LabelledGauge,
  type LabelledHistogram,
  type MetricSpec,
} from './metrics/closed-labels.ts';

/** The provider's endpoints, grouped as the files of `rest/` are. */
export const UPSTREAM_AREAS = [
  'send',
  'status',
  'messages',
  'unified',
  'export',
  'stats',
  'balance',
  'pricing',
  'payments',
  'webhooks',
] as const;
export type UpstreamArea = (typeof UPSTREAM_AREAS)[number];

/** In which order calls get places at the provider: sends, reads of one message, other reads of callers, the rest. */
export const UPSTREAM_LANES = ['send', 'status', 'read', 'background'] as const;
export type UpstreamLane = (typeof UPSTREAM_LANES)[number];

const HTTP_ROUTES = [
  'graphql',
  'webhook',
  'export',
  'healthz',
  'readyz',
  'metrics',
  'console',
  'other',
] as const;
export type HttpRoute = (typeof HTTP_ROUTES)[number];

const OPERATION_TYPES = ['query', 'mutation', 'subscription'] as const;

const COUNTERS = {
  upstreamCalls: {
    name: 'gateway_upstream_calls_total',
    help: 'REST calls to the provider, retries included, by how they ended.',
    labels: {
      area: UPSTREAM_AREAS,
      outcome: ['ok', 'refused', 'rate_limited', 'fault', 'unreachable', 'timeout', 'aborted', 'nonsense'],
    },
  },
  upstreamReads: {
    name: 'gateway_upstream_reads_total',
    help: 'Reads asked of the read cache: taken from it, shared with a call in flight, or sent to the provider.',
    labels: { result: ['cached', 'coalesced', 'called'] },
  },
  upstreamDroppedRows: {
    name: 'gateway_upstream_dropped_rows_total',
    help: 'Rows of the provider left out because they make no sense.',
    labels: { area: UPSTREAM_AREAS },
  },
  upstreamBreaker: {
    name: 'gateway_upstream_breaker_total',
    help: 'Changes of the circuit breakers before the provider, one for each area of its API.',
    labels: { area: UPSTREAM_AREAS, state: ['opened', 'half_opened', 'closed'] },
  },
  webhooks: {
    name: 'gateway_webhooks_total',
    help: 'Delivery reports posted to the gateway, by what became of them.',
    labels: {
      verdict: [
        'appended',
        'duplicate',
        'unusable',
        'unsigned',
        'stale',
        'too_large',
        'compressed',
        'store_away',
        'unknown_workspace',
      ],
    },
  },
  reportsAppended: {
    name: 'gateway_reports_appended_total',
    help: 'Delivery reports written to the log, by what brought them.',
    labels: { source: ['webhook', 'reconciler'] },
  },
  slowConsumers: {
    name: 'gateway_slow_consumers_total',
    help: 'Subscribers ended because they fell behind.',
    labels: {},
  },
  sends: {
    name: 'gateway_sends_total',
    help: 'Sends asked of the gateway, by outcome.',
    labels: { outcome: ['sent', 'replayed', 'invalid', 'refused', 'not_sent', 'conflict', 'unknown'] },
  },
  sendsResolved: {
    name: 'gateway_sends_resolved_total',
    help: 'Sends of unknown outcome whose truth was found.',
    labels: { outcome: ['sent', 'not_sent'] },
  },
  guards: {
    name: 'gateway_guard_decisions_total',
    help: 'Sends that a guard would refuse (monitored) or did refuse (enforced).',
    labels: { guard: GUARDS, decision: ['monitored', 'enforced'] },
  },
  operations: {
    name: 'gateway_operations_total',
    help: 'GraphQL operations by type and outcome; refused: by authentication, limits or validation; abandoned: given up because the caller left.',
    labels: { type: OPERATION_TYPES, outcome: ['ok', 'error', 'refused', 'abandoned'] },
  },
  httpRequests: {
    name: 'gateway_http_requests_total',
    help: 'HTTP requests by route and class of status.',
    labels: { route: HTTP_ROUTES, status: ['1xx', '2xx', '3xx', '4xx', '5xx'] },
  },
  shedRequests: {
    name: 'gateway_shed_requests_total',
    help: 'Requests turned away because the process was overloaded.',
    labels: { route: HTTP_ROUTES },
  },
  idleConnectionsClosed: {
    name: 'gateway_idle_connections_closed_total',
    help: 'Connections without a request under way that were closed to make room for others.',
    labels: {},
  },
  storeErrors: {
    name: 'gateway_store_errors_total',
    help: 'Calls that the store could not answer, by part of the store.',
    labels: { part: ['log', 'sends', 'watches', 'leases', 'counters', 'ping'] },
  },
  reconcilerCalls: {
    name: 'gateway_reconciler_calls_total',
    help: 'REST calls the reconciler made for overdue messages.',
    labels: { kind: ['page', 'status'] },
  },
  reconcilerMessages: {
    name: 'gateway_reconciler_messages_total',
    help: 'Overdue messages the reconciler asked for, by what it found.',
    labels: { outcome: ['recovered', 'waiting', 'gone', 'given_up', 'failed'] },
  },
} as const satisfies Record<string, MetricSpec>;

const GAUGES = {
  hubSubscribers: { name: 'gateway_hub_subscribers', help: 'Subscriptions open in this process.' },
  sockets: { name: 'gateway_sockets', help: 'WebSockets open in this process.' },
  watches: { name: 'gateway_watches', help: 'Messages whose final status is awaited.' },
  upstreamConcurrency: {
    name: 'gateway_upstream_concurrency',
    help: 'REST calls allowed at once, after adapting to rate limits.',
  },
} as const;

const LABELLED_GAUGES = {
  upstreamPlaces: {
    name: 'gateway_upstream_places',
    help: 'REST calls that have one of the places at the provider, by lane.',
    labels: { lane: UPSTREAM_LANES },
  },
  upstreamWaiting: {
    name: 'gateway_upstream_waiting',
    help: 'REST calls that wait for a place at the provider, by lane.',
    labels: { lane: UPSTREAM_LANES },
  },
} as const satisfies Record<string, MetricSpec>;

const HISTOGRAMS = {
  upstreamDuration: {
    name: 'gateway_upstream_duration_seconds',
    help: 'Time of one REST call.',
    labels: { area: UPSTREAM_AREAS },
  },
  operationDuration: {
    name: 'gateway_operation_duration_seconds',
    help: 'Time of one GraphQL operation until its first result.',
    labels: { type: OPERATION_TYPES },
  },
  appendDuration: {
    name: 'gateway_append_duration_seconds',
    help: 'Time until a delivery report is durable in the log.',
    labels: {},
  },
} as const satisfies Record<string, MetricSpec>;

type Counters = {
  readonly [Name in keyof typeof COUNTERS]: LabelledCounter<(typeof COUNTERS)[Name]['labels']>;
};
type Histograms = {
  readonly [Name in keyof typeof HISTOGRAMS]: LabelledHistogram<(typeof HISTOGRAMS)[Name]['labels']>;
};
type LabelledGauges = {
  readonly [Name in keyof typeof LABELLED_GAUGES]: LabelledGauge<(typeof LABELLED_GAUGES)[Name]['labels']>;
};
type Gauges = { readonly [Name in keyof typeof GAUGES]: Pick<Gauge, 'inc' | 'dec' | 'set'> };

/** What this process counts, each under its own name; `render` is the body of `/metrics`. */
export interface Metrics extends Counters, Gauges, LabelledGauges, Histograms {
  readonly contentType: string;
  render(): Promise<string>;
}

/** @param options.process also the figures of the process itself: memory, CPU, event-loop lag, garbage collection */
export function createMetrics(options: { readonly process: boolean } = { process: true }): Metrics {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry });
  return {
    ...mapValues(COUNTERS, (spec) => createCounter(registry, spec)),
    ...mapValues(GAUGES, (spec) => new Gauge({ ...spec, registers: [registry] })),
    ...mapValues(LABELLED_GAUGES, (spec) => createGauge(registry, spec)),
    ...mapValues(HISTOGRAMS, (spec) => createHistogram(registry, spec)),
    contentType: registry.contentType,
    render: () => registry.metrics(),
  };
}

function mapValues<Source extends object, Result>(
  source: Source,
  map: (value: Source[keyof Source]) => Result,
): { [Key in keyof Source]: Result } {
  const entries = Object.entries(source).map(([key, value]) => [key, map(value)]);
  return Object.fromEntries(entries);
}
