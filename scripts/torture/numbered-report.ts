import type { DeliveryReport } from '../../src/domain/delivery-report.ts';

/** The report of a made-up message: the number tells it from every other. */
export const numberedReport = (number: number): DeliveryReport => ({
  messageId: `api_42_1743667200123456789_${number.toString(16).padStart(16, '0')}`,
  recipient: `+1415555${String(number % 10_000).padStart(4, '0')}`,
  sender: 'Torture',
  status: 'DELIVERED',
  rawStatus: 'DELIVRD',
  statusCode: '000',
  segments: 1,
  cost: '0.0085',
  occurredAt: '2026-02-13T10:30:04.000Z',
  receivedAt: '2026-02-13T10:30:05.000Z',
  isRecovered: false,
});
