import type { Clock } from '../../domain/clock.ts';
import type { Logger } from '../../logger.ts';
import { type Metrics, UPSTREAM_AREAS, type UpstreamArea, type UpstreamLane } from '../../metrics.ts';
import { isSignatureClash, TransportFailure, type UpstreamFailure } from '../failures/failures.ts';
import { classOf } from '../failures/verdict.ts';
import { type CircuitBreakerOptions, createCircuitBreaker } from '../resilience/circuit-breaker.ts';
import { createConcurrencyLimit } from '../resilience/concurrency-limit.ts';
import { type RetryOptions, withRetries } from '../resilience/retry.ts';
import { createRetryBudget, type RetryBudgetOptions } from '../resilience/retry-budget.ts';
import type { StopSignal } from '../resilience/stop-signal.ts';
import { createSigner, type Signer } from '../signing/signer.ts';
import { readAnswer } from './answer.ts';
import { type CallScope, laneOf, type UpstreamAnswer, type UpstreamCall } from './call.ts';
import { createCallMeter } from './call-meter.ts';
import type { Exchange, HttpAnswer, HttpRequest } from './exchange.ts';
import { createProviderClock } from './provider-clock.ts';
import { signRequest } from './signed-request.ts';
import { type ByteStream, createTransport, type TransportOptions } from './transport.ts';

/** The provider's REST API as calls: signed, bounded, retried where that is safe, counted. */
export interface UpstreamClient {
  /**
   * @throws UpstreamError when refused, UpstreamContractError when the answer makes no sense, TransportFailure when none came;
   * the signal's reason when it aborted. A call that changes something is not aborted any more once it may be on the wire.
   */
  call(call: UpstreamCall, scope: CallScope): Promise<UpstreamAnswer>;
  /** As `call`, but the body as it comes; the signal stops it at any time. */
  stream(call: UpstreamCall, scope: CallScope): Promise<HttpAnswer<ByteStream>>;
  /** Null when the key does not sign. */
  readonly signer: Signer | null;
  /** The provider's clock (ms since epoch); null before its first answer. */
  providerTimeMs(): number | null;
  /** First wait after a 429 that names none. */
  readonly rateLimitDelayMs: number;
  close(): Promise<void>;
}

/** One workspace at the provider, and how to behave towards it. */
export interface ClientSettings {
  readonly workspace: string;
  /** With the base path. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Null when the key does not sign. */
  readonly apiSecret: string | null;
  readonly transport: Omit<TransportOptions, 'origin'>;
  readonly retry: RetryOptions & RetryBudgetOptions;
  readonly breaker: CircuitBreakerOptions;
}

export interface ClientParts {
  readonly settings: ClientSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** How a kind of call goes over the wire, and how its answer is read; reading throws what the answer refuses. */
interface Way<Body, Result> {
  readonly send: (request: HttpRequest, lane: UpstreamLane, signal: StopSignal) => Promise<Exchange<Body>>;
  readonly read: (call: UpstreamCall, answer: HttpAnswer<Body>) => Result | Promise<Result>;
}

export function createClient({ settings, clock, logger, metrics }: ClientParts): UpstreamClient {
  const base = new URL(settings.baseUrl);
  const transport = createTransport({ origin: base.origin, ...settings.transport });
  const signer = settings.apiSecret === null ? null : createSigner(settings.apiSecret, clock);
  const credentials = { apiKey: settings.apiKey, signer, basePath: base.pathname.replace(/\/+$/, '') };
  const meter = createCallMeter(metrics);
  const providerClock = createProviderClock();
  const concurrency = createConcurrencyLimit({
    max: settings.transport.maxConnections,
    onChange: (difference) => metrics.upstreamConcurrency.inc(difference),
    onLaneChange: (kind, lane, difference) =>
      (kind === 'places' ? metrics.upstreamPlaces : metrics.upstreamWaiting).inc({ lane }, difference),
  });
  metrics.upstreamConcurrency.inc(concurrency.current);
  const areas = forEachArea((area) => ({
    limits: { options: settings.retry, budget: createRetryBudget(settings.retry) },
    breaker: createCircuitBreaker<Exchange<unknown>>(settings.breaker, isOutage, (state) => {
      metrics.upstreamBreaker.inc({ area, state });
      logger.warn({ workspace: settings.workspace, area, state }, 'the circuit to the provider changed');
    }),
  }));

  const asJson: Way<string, UpstreamAnswer> = {
    send: transport.exchange,
    read: (call, answer) => readAnswer(call.area, answer, clock.now()),
  };
  const asStream: Way<ByteStream, HttpAnswer<ByteStream>> = {
    send: (request, _lane, signal) => transport.openStream(request, signal),
    async read(call, answer) {
      if (isStreamed(answer)) return answer;
      readAnswer(call.area, { ...answer, body: await answer.body.text() }, clock.now());
      return answer;
    },
  };

  /** Waits for a place, signs, and goes over the wire; null while the circuit of the area is open. */
  async function exchange<Body, Result>(
    call: UpstreamCall,
    scope: CallScope,
    way: Way<Body, Result>,
    isAgain: boolean,
  ): Promise<Exchange<Body> | null> {
    const lane = laneOf(call, scope);
    const release = await concurrency.acquire(lane, scope.signal);
    let done: Exchange<Body> | null = null;
    try {
      done = await areas[call.area].breaker.run(async () => {
        const request = await signRequest(call, credentials, scope.signal, isAgain);
        scope.signal.throwIfAborted();
        scope.cost.calls += 1;
        return meter.timed(call, () => way.send(request, lane, scope.signal));
      });
      if (done?.kind === 'answer') providerClock.note(done.answer.headers);
      return done;
    } finally {
      release(placeVerdictOf(done));
    }
  }

  async function attempt<Body, Result>(
    call: UpstreamCall,
    scope: CallScope,
    way: Way<Body, Result>,
    failureBefore: UpstreamFailure | null,
  ): Promise<Result> {
    const isAgain = failureBefore !== null && isSignatureClash(failureBefore);
    const done = await exchange(call, scope, way, isAgain);
    if (done === null) throw new TransportFailure(call.area, 'circuit_open', false);
    if (done.kind === 'aborted') throw scope.signal.reason;
    if (done.kind === 'failed') throw done.failure;
    return way.read(call, done.answer);
  }

  const make =
    <Body, Result>(way: Way<Body, Result>) =>
    (call: UpstreamCall, scope: CallScope): Promise<Result> =>
      withRetries({ rule: call.retry, signal: scope.signal }, areas[call.area].limits, (failureBefore) =>
        meter.counted(call, () => attempt(call, scope, way, failureBefore)),
      );

  return {
    call: make(asJson),
    stream: make(asStream),
    signer,
    providerTimeMs: providerClock.now,
    rateLimitDelayMs: settings.retry.rateLimitDelayMs,
    async close() {
      metrics.upstreamConcurrency.dec(concurrency.current);
      await transport.close();
    },
  };
}

/** Each area has a circuit and a retry budget to itself: statistics that fail must not stop a send. */
const forEachArea = <Own>(create: (area: UpstreamArea) => Own): Readonly<Record<UpstreamArea, Own>> =>
  Object.fromEntries(UPSTREAM_AREAS.map((area) => [area, create(area)])) as Record<UpstreamArea, Own>;

/** No answer, or a fault of the provider's; a refusal or a rate limit shows that it is well. */
function isOutage(exchange: Exchange<unknown>, isProbe: boolean): boolean {
  if (exchange.kind === 'answer') return classOf(exchange.answer.status) === 'fault';
  return exchange.kind === 'failed' || isProbe;
}

/** What an attempt tells about how many of them the provider bears. */
function placeVerdictOf(exchange: Exchange<unknown> | null): 'ok' | 'rate_limited' | 'other' {
  if (exchange?.kind !== 'answer') return 'other';
  const statusClass = classOf(exchange.answer.status);
  if (statusClass === 'rate_limited') return statusClass;
  return statusClass === 'fault' ? 'other' : 'ok';
}

/** A download is what it was asked for unless it is a refusal: an error status, or JSON in place of CSV. */
function isStreamed({ status, headers }: HttpAnswer<unknown>): boolean {
  return status === 200 && !String(headers['content-type'] ?? '').includes('json');
}
