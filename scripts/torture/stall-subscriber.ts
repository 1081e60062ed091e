import { setTimeout as pause } from 'node:timers/promises';
import type { MeasuredGateway } from '../support/measured-gateway.ts';
import { readMetric } from '../support/read-metric.ts';
import { judgeStall, type StallWindow } from './judge-stall.ts';
import { createLatencyMeter, type LatencyMeter } from './latency-meter.ts';
import { WEBHOOK_SECRET } from './replica-set.ts';
import { createPoster } from './report-poster.ts';
import type { TortureResult } from './scenario.ts';
import { openSocketCrowd, type SocketCrowd } from './socket-crowd.ts';
import { openStalledSocket } from './stalled-socket.ts';
import { withMeasuredGateway } from './with-measured-gateway.ts';

export interface StallOptions {
  readonly subscribers: number;
  readonly reportsPerSecond: number;
  /** Windows of time beside a stalled subscriber; before each there is one without. */
  readonly windows: number;
  readonly windowSeconds: number;
  readonly log: (line: string) => void;
}

const LOOK_EVERY_MS = 50;
/** After it was measured, a gateway gets to its usual pace. */
const SETTLE_MS = 1000;
/** So long without a new event is the end: what has not come by then is missing. */
const PATIENCE_MS = 15_000;

/**
 * One socket stops reading, while many others are told of every report. Windows of time without it and with it take turns,
 * so that a machine that is busy with something else is slow in both.
 */
export const stallSubscriber = (options: StallOptions): Promise<TortureResult> =>
  withMeasuredGateway((gateway) => torture(gateway, options));

async function torture(gateway: MeasuredGateway, options: StallOptions): Promise<TortureResult> {
  const { subscribers, reportsPerSecond: perSecond } = options;
  const latency = createLatencyMeter();
  const webSocketUrl = `${gateway.url.replace('http', 'ws')}/graphql`;
  const crowd = await openSocketCrowd({ webSocketUrl, size: subscribers, onSample: latency.onSeen });
  const replicas = { size: 1, urlOf: () => gateway.url };
  const poster = createPoster({ replicas, secret: WEBHOOK_SECRET, perSecond, onPost: latency.onPost });
  poster.start();
  const { heapBytes } = await passWindow({ gateway, latency, webSocketUrl, seconds: 1, isStalled: false });
  const windows: StallWindow[] = [];
  for (let index = 0; index < 2 * options.windows; index += 1) {
    const isStalled = index % 2 === 1;
    const window = { gateway, latency, webSocketUrl, seconds: options.windowSeconds, isStalled };
    const seen = await passWindow(window);
    windows.push(seen);
    options.log(describeWindow(seen));
  }
  const acknowledged = await poster.stop();
  await whenReceived(crowd, acknowledged * subscribers);
  crowd.close();
  return judgeStall({ windows, crowd, subscribers, acknowledged, heapBytes, alarms: gateway.alarms });
}

interface PassingWindow {
  readonly gateway: MeasuredGateway;
  readonly webSocketUrl: string;
  readonly latency: LatencyMeter;
  readonly seconds: number;
  readonly isStalled: boolean;
}

async function passWindow({ gateway, latency, ...window }: PassingWindow): Promise<StallWindow> {
  await pause(SETTLE_MS);
  latency.takeP99();
  const slowBefore = await countSlowConsumers(gateway);
  const stalled = window.isStalled ? await openStalledSocket(window.webSocketUrl) : null;
  await pause(window.seconds * 1000);
  if (stalled !== null) await whenSlow(gateway, slowBefore + 1);
  const p99Ms = latency.takeP99();
  const { heapBytes } = await gateway.readLeanMemory();
  return { p99Ms, heapBytes, end: stalled && (await stalled.readOn()) };
}

const countSlowConsumers = ({ url }: MeasuredGateway): Promise<number> =>
  readMetric(url, 'gateway_slow_consumers_total');

/** Resolves when so many were given up, or it takes too long. */
async function whenSlow(gateway: MeasuredGateway, count: number): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while ((await countSlowConsumers(gateway)) < count && performance.now() < endMs) await pause(LOOK_EVERY_MS);
}

async function whenReceived(crowd: SocketCrowd, count: number): Promise<void> {
  let received = -1;
  for (let lastMs = performance.now(); crowd.received < count && performance.now() - lastMs < PATIENCE_MS; ) {
    if (crowd.received !== received) lastMs = performance.now();
    received = crowd.received;
    await pause(LOOK_EVERY_MS);
  }
}

const describeWindow = ({ p99Ms, heapBytes, end }: StallWindow): string =>
  `${end === null ? 'without' : `with one, ${end}`}: p99 ${p99Ms.toFixed(0)} ms, heap ${(heapBytes / 2 ** 20).toFixed(0)} MiB`;
