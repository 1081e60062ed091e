import type { Logger } from '../../logger.ts';
import type { Metrics, UpstreamArea } from '../../metrics.ts';
import { UpstreamContractError } from '../failures/failures.ts';
import { isRecord } from './fields.ts';

/** Reads rows one by one: one that makes no sense is left out and counted, the others stand. */
export interface RowReader {
  read<Row>(
    area: UpstreamArea,
    rows: readonly unknown[],
    readRow: (row: unknown) => Row | null,
  ): readonly Row[];
}

export function createRowReader(logger: Logger, metrics: Metrics): RowReader {
  return {
    read(area, rows, readRow) {
      const usable = rows.map(readRow).filter((row) => row !== null);
      const dropped = rows.length - usable.length;
      if (dropped > 0) {
        metrics.upstreamDroppedRows.inc({ area }, dropped);
        logger.warn({ area, dropped, rows: rows.length }, 'the provider sent rows that make no sense');
      }
      return usable;
    },
  };
}

/** The rows of a body whose shape the provider does not state: the body itself, or its one array-valued property. */
export function onlyArrayIn(area: UpstreamArea, body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  const arrays = isRecord(body) ? Object.values(body).filter((value) => Array.isArray(value)) : [];
  const [only] = arrays;
  if (only === undefined || arrays.length > 1)
    throw new UpstreamContractError(area, `the body has ${arrays.length} lists in place of one`);
  return only;
}
