import { z } from 'zod';
import type { OffsetPage } from '../../domain/list-query.ts';
import type { UpstreamArea } from '../../metrics.ts';
import { UpstreamContractError } from '../failures/failures.ts';
import type { PageRequest } from '../provider-session.ts';
import { optionalNumber } from './fields.ts';
import type { RowReader } from './rows.ts';

const pageEnvelope = z.object({
  messages: z.array(z.unknown()),
  total: z.number(),
  page: optionalNumber,
  limit: optionalNumber,
  total_pages: optionalNumber,
});

/** Reads the envelope that both histories share. */
export function readPage<Row>(
  area: UpstreamArea,
  body: unknown,
  asked: PageRequest,
  read: { readonly rows: RowReader; readonly row: (row: unknown) => Row | null },
): OffsetPage<Row> {
  const { success, data } = pageEnvelope.safeParse(body);
  if (!success) throw new UpstreamContractError(area, 'the body is not a page of rows');
  return {
    rows: read.rows.read(area, data.messages, read.row),
    total: data.total,
    page: data.page ?? asked.page,
    totalPages: data.total_pages ?? Math.ceil(data.total / (data.limit ?? asked.limit)),
  };
}
