import type { DeliveryReport } from '../../src/domain/delivery-report.ts';

/** A report with everything in it, changed as a test needs it. */
export const deliveryReport = (changes: Partial<DeliveryReport> = {}): DeliveryReport => ({
  messageId: 'api_42_1743667200123456789_a3f8b2c1d9e45f67',
  recipient: '+14155551234',
  sender: 'MyApp',
  status: 'DELIVERED',
  rawStatus: 'DELIVRD',
  statusCode: '000',
  segments: 1,
  cost: '0.0085',
  occurredAt: '2026-02-13T10:30:04.000Z',
  receivedAt: '2026-02-13T10:30:05.123Z',
  isRecovered: false,
  ...changes,
});
