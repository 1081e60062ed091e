import type { EnvReader } from './env-reader.ts';

/** What one operation, one request, one socket may ask for. */
export interface LimitsConfig {
  readonly tokens: number;
  readonly depth: number;
  /** Fields of an operation, each as often as it is written and its fragment is spread. */
  readonly fields: number;
  /** Aliases in a document, those of `__typename` too. */
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  readonly mutationRootFields: number;
  /** REST calls of one operation, in the worst case. */
  readonly upstreamCalls: number;
  /** Rows of one operation, in the worst case. */
  readonly rows: number;
  readonly bodyBytes: number;
  /** A body that is not complete by then is refused. */
  readonly bodyTimeoutMs: number;
  readonly socketMessageBytes: number;
  readonly subscriptionsPerSocket: number;
  /** Open sockets of one caller: its `sub`, or its address when it has none. */
  readonly socketsPerCaller: number;
  /** The same for streams of events over HTTP. */
  readonly streamsPerCaller: number;
  /** How long a new socket may stay silent. */
  readonly socketInitTimeoutMs: number;
  /** Event-loop lag above which readers are turned away, so that webhooks are still taken. */
  readonly shedLagMs: number;
}

export function readLimitsConfig(env: EnvReader): LimitsConfig {
  const limit = (name: string, fallback: number, max?: number) =>
    env.integer(name, max === undefined ? { fallback, min: 1 } : { fallback, min: 1, max });
  return {
    tokens: limit('LIMIT_TOKENS', 1000),
    depth: limit('LIMIT_DEPTH', 10),
    fields: limit('LIMIT_FIELDS', 400), // a full introspection has 229
    aliases: limit('LIMIT_ALIASES', 15),
    directives: limit('LIMIT_DIRECTIVES', 10),
    rootFields: limit('LIMIT_ROOT_FIELDS', 10),
    mutationRootFields: limit('LIMIT_MUTATION_ROOT_FIELDS', 1),
    upstreamCalls: limit('LIMIT_UPSTREAM_CALLS', 250),
    rows: limit('LIMIT_ROWS', 1000),
    bodyBytes: limit('LIMIT_BODY_BYTES', 128 * 1024),
    bodyTimeoutMs: limit('LIMIT_BODY_MS', 10_000, 300_000),
    socketMessageBytes: limit('LIMIT_SOCKET_MESSAGE_BYTES', 64 * 1024),
    subscriptionsPerSocket: limit('LIMIT_SUBSCRIPTIONS_PER_SOCKET', 20),
    socketsPerCaller: limit('LIMIT_SOCKETS_PER_CALLER', 100),
    streamsPerCaller: limit('LIMIT_STREAMS_PER_CALLER', 100),
    socketInitTimeoutMs: limit('LIMIT_SOCKET_INIT_MS', 3000, 60_000),
    shedLagMs: limit('LIMIT_EVENT_LOOP_LAG_MS', 500, 60_000),
  };
}
