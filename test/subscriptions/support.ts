import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { DeliveryReport } from '../../src/domain/delivery-report.ts';
import type { Message } from '../../src/domain/message.ts';
import { parseMessageStatus } from '../../src/domain/message-status.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openEmbeddedStore } from '../../src/store/embedded/open-embedded-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createHub } from '../../src/subscriptions/create-hub.ts';
import type { Hub } from '../../src/subscriptions/hub.ts';

export const WORKSPACE = 'default';
export const silentLogger = pino({ level: 'silent' });

export function createReport(members: Partial<DeliveryReport> = {}): DeliveryReport {
  const rawStatus = members.rawStatus ?? 'DELIVRD';
  return {
    messageId: 'api_42_1770978600123456789_00000000000000aa',
    recipient: '+14155551234',
    sender: 'MyApp',
    status: parseMessageStatus(rawStatus),
    rawStatus,
    statusCode: '000',
    segments: 1,
    cost: '0.0085',
    occurredAt: '2026-02-13T10:30:04.000Z',
    receivedAt: '2026-02-13T10:30:05.000Z',
    isRecovered: false,
    ...members,
  };
}

export function createMessage(members: Partial<Message> = {}): Message {
  const rawStatus = members.rawStatus ?? 'sent';
  return {
    messageId: 'api_42_1770978600123456789_00000000000000aa',
    recipient: '+14155551234',
    sender: 'MyApp',
    text: 'Your verification code is 847291',
    encoding: 'GSM_7',
    segments: 1,
    status: parseMessageStatus(rawStatus),
    rawStatus,
    statusCode: null,
    cost: '0.0085',
    createdAt: '2026-02-13T10:30:00.000Z',
    deliveredAt: null,
    ...members,
  };
}

/** The embedded store in a folder of its own, gone after the test. */
export async function openTestStore(clock = { now: () => Date.now() }): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'subscriptions-'));
  const store = await openEmbeddedStore(folder, clock);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return store;
}

export async function openTestHub(store: Pick<Store, 'log'>, queueLimit?: number): Promise<Hub> {
  const metrics = createMetrics({ process: false });
  const options = { log: store.log, logger: silentLogger, metrics };
  const hub = await createHub(queueLimit === undefined ? options : { ...options, queueLimit });
  onTestFinished(() => hub.close());
  return hub;
}

/** Takes the next events of a source; fails when it ends before. */
export async function take<Event>(source: AsyncIterator<Event>, count: number): Promise<Event[]> {
  const events: Event[] = [];
  while (events.length < count) {
    const { done, value } = await source.next();
    if (done === true) throw new Error(`The source ended after ${events.length} of ${count} events.`);
    events.push(value);
  }
  return events;
}
