import { describe, expect, it } from 'vitest';
import { createEnvReader } from '../../src/config/env-reader.ts';
import { readTracingConfig } from '../../src/config/tracing-config.ts';

function read(env: Readonly<Record<string, string>>) {
  const reader = createEnvReader(env);
  return { config: readTracingConfig(reader), problems: reader.problems, warnings: reader.warnings };
}

describe('the settings of traces', () => {
  it.each([
    [{}],
    [{ OTEL_SERVICE_NAME: 'x' }],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }],
    [{ OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a' }],
  ])('leave them off with %j', (env) => {
    expect(read(env)).toEqual({ config: null, problems: [], warnings: [] });
  });

  it('take an endpoint for all signals as a start, and one for traces as it is', () => {
    const urlOf = (env: Readonly<Record<string, string>>) => read(env).config?.url.href;
    expect(urlOf({ OTEL_TRACES_EXPORTER: 'otlp' })).toBe('http://localhost:4318/v1/traces');
    expect(urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://o.example/base/' })).toBe(
      'https://o.example/base/v1/traces',
    );
    expect(urlOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://o.example/in' })).toBe(
      'https://o.example/in',
    );
  });

  it('read names, headers and sampling', () => {
    const { config } = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20a%3D%3D, x-b=c=d',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=from-attributes,deployment.environment.name=test',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    });
    expect(config).toMatchObject({
      headers: { authorization: 'Basic a==', 'x-b': 'c=d' },
      resource: { 'service.name': 'from-attributes', 'deployment.environment.name': 'test' },
      sampling: { ratio: 0.25, followsCaller: true },
    });
  });

  it('are refused when they make no sense, and warned of when they ask for what is not there', () => {
    expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }).problems).toHaveLength(1);
    expect(read({ OTEL_TRACES_SAMPLER: 'sometimes' }).problems).toHaveLength(1);
    expect(read({ OTEL_TRACES_SAMPLER_ARG: '2' }).problems).toHaveLength(1);
    expect(read({ OTEL_RESOURCE_ATTRIBUTES: 'a=%zz' }).problems).toHaveLength(1);
    const unsupported = { OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    expect(read(unsupported).warnings).toHaveLength(2);
  });
});
