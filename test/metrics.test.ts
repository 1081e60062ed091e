import { describe, expect, it } from 'vitest';
import { createMetrics, UPSTREAM_AREAS } from '../src/metrics.ts';

const linesOf = async (metrics: { render(): Promise<string> }, name: string) =>
  (await metrics.render()).split('\n').filter((line) => line.startsWith(name));

describe('metrics', () => {
  it('starts every combination of labels at zero', async () => {
    const metrics = createMetrics({ process: false });
    const lines = await linesOf(metrics, 'gateway_upstream_calls_total');
    expect(lines).toHaveLength(UPSTREAM_AREAS.length * 8);
    expect(lines.every((line) => line.endsWith(' 0'))).toBe(true);
  });

  it('counts what is named', async () => {
    const metrics = createMetrics({ process: false });
    metrics.sends.inc({ outcome: 'sent' });
    metrics.sends.inc({ outcome: 'sent' }, 2);
    metrics.slowConsumers.inc({});
    metrics.hubSubscribers.set(3);
    metrics.appendDuration.observe({}, 0.2);
    expect(await linesOf(metrics, 'gateway_sends_total{outcome="sent"}')).toEqual([
      'gateway_sends_total{outcome="sent"} 3',
    ]);
    expect(await linesOf(metrics, 'gateway_slow_consumers_total')).toEqual([
      'gateway_slow_consumers_total 1',
    ]);
    expect(await linesOf(metrics, 'gateway_hub_subscribers')).toEqual(['gateway_hub_subscribers 3']);
    expect(await linesOf(metrics, 'gateway_append_duration_seconds_sum')).toEqual([
      'gateway_append_duration_seconds_sum 0.2',
    ]);
  });

  it('keeps two gateways of one process apart', async () => {
    const [first, second] = [createMetrics({ process: false }), createMetrics({ process: false })];
    first.reportsAppended.inc({ source: 'webhook' });
    expect(await linesOf(second, 'gateway_reports_appended_total{source="webhook"}')).toEqual([
      'gateway_reports_appended_total{source="webhook"} 0',
    ]);
  });

  it('tells the event-loop lag of the process', async () => {
    expect(await linesOf(createMetrics(), 'nodejs_eventloop_lag_seconds ')).toHaveLength(1);
  });
});
