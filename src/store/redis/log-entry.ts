import type { DeliveryReport } from '../../domain/delivery-report.ts';
import type { LogEntry } from '../store.ts';
import { toStoredReport } from '../stored-report.ts';

/** An entry of a stream as the server answers it: id, then fields and values in turn, in the order they were added. */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

export const encodeReport = (report: DeliveryReport): string => JSON.stringify(toStoredReport(report));

export function decodeEntry([position, [, workspace = '', , json = '']]: StreamEntry): LogEntry {
  const report: DeliveryReport = JSON.parse(json);
  return { position, workspace, report };
}
