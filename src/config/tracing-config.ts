import type { EnvReader } from './env-reader.ts';

/** Where traces go, by the standard variables of OpenTelemetry. */
export interface TracingConfig {
  /** OTLP over HTTP, as JSON. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Names this service, and whatever else is said of all its spans. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampling: Sampling;
}

export interface Sampling {
  /** Share of the traces begun here, 0 to 1. */
  readonly ratio: number;
  /** True: a trace that a caller began is recorded exactly when the caller records it. */
  readonly followsCaller: boolean;
}

const DEFAULT_ENDPOINT = 'http://localhost:4318';
const DEFAULT_SERVICE_NAME = 'sms-graphql-gateway';
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Null: nothing asks for traces. It does not take more than naming an endpoint, or the exporter `otlp`, to have them. */
export function readTracingConfig(env: EnvReader): TracingConfig | null {
  const isDisabled = env.text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true';
  const exporter = env.text('OTEL_TRACES_EXPORTER')?.toLowerCase() ?? null;
  const url = readEndpoint(env);
  const headers = readPairs(env, 'OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'OTEL_EXPORTER_OTLP_HEADERS');
  const timeoutMs = env.integer('OTEL_EXPORTER_OTLP_TIMEOUT', { fallback: 10_000, min: 1 });
  const resource = readPairs(env, 'OTEL_RESOURCE_ATTRIBUTES');
  const serviceName = env.text('OTEL_SERVICE_NAME') ?? resource['service.name'] ?? DEFAULT_SERVICE_NAME;
  const sampling = readSampling(env);
  if (isDisabled || exporter === 'none' || (exporter === null && url === null)) return null;
  warnOfUnsupported(env, exporter);
  return {
    url: url ?? new URL(`${DEFAULT_ENDPOINT}/v1/traces`),
    headers,
    timeoutMs,
    resource: { ...resource, 'service.name': serviceName },
    sampling,
  };
}

/** The variable for traces is the whole address; the one for all signals is the start of it. */
function readEndpoint(env: EnvReader): URL | null {
  const whole = env.url('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', ['http:', 'https:']);
  const base = env.url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']);
  return whole ?? (base && new URL(`${base.href.replace(/\/+$/, '')}/v1/traces`));
}

function readSampling(env: EnvReader): Sampling {
  const sampler = env.oneOf('OTEL_TRACES_SAMPLER', SAMPLERS, 'parentbased_always_on');
  const argument = Number(env.text('OTEL_TRACES_SAMPLER_ARG') ?? '1');
  if (!(argument >= 0 && argument <= 1)) env.problem('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1.');
  const ratios = { on: 1, off: 0, ratio: argument };
  const kind = sampler.endsWith('_off') ? 'off' : sampler.endsWith('ratio') ? 'ratio' : 'on';
  return { ratio: ratios[kind], followsCaller: sampler.startsWith('parentbased') };
}

/** `key=value,key=value`, both URL-encoded, from the first of the names that is set. */
function readPairs(env: EnvReader, ...names: readonly string[]): Record<string, string> {
  const texts = names.map((name) => env.list(name));
  const pairs = (texts.find((members) => members.length > 0) ?? []).map((member) =>
    member.split(/=(.*)/s, 2),
  );
  try {
    return Object.fromEntries(
      pairs.map(([key = '', value = '']) => [
        decodeURIComponent(key.trim()),
        decodeURIComponent(value.trim()),
      ]),
    );
  } catch {
    env.problem(`${names.join(' or ')} must be key=value pairs, comma-separated and URL-encoded.`);
    return {};
  }
}

function warnOfUnsupported(env: EnvReader, exporter: string | null): void {
  if (exporter !== null && exporter !== 'otlp')
    env.warning('OTEL_TRACES_EXPORTER: traces go out by otlp, whatever else is asked for.');
  const protocol = env.text('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? env.text('OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol === 'grpc')
    env.warning('OTEL_EXPORTER_OTLP_PROTOCOL: traces go out over HTTP, which collectors take at port 4318.');
}
