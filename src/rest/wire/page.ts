import { z } from 'zod';
import type { OffsetPage } from '../../domain/list-query.ts';
import type { UpstreamArea } from '../../metrics.ts';
import { UpstreamContractError } from '../failures/failures.ts';
import type { PageRequest } from '../provider-session.ts';
import { count, optionalNumber } from './fields.ts';
import type { RowReader } from './rows.ts';

const pageEnvelope = z.object({
  messages: z.array(z.unknown()),
  total: count,
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
  const { total, messages } = data;
  const page = data.page ?? asked.page;
  const limit = limitOf(data.limit ?? asked.limit, { page, total, served: messages.length });
  return {
    rows: read.rows.read(area, messages, read.row),
    total,
    page,
    totalPages: data.total_pages ?? Math.ceil(total / limit),
    limit,
    served: messages.length,
  };
}

/** Every page but the last is full: one that is not tells how many rows a page really holds. */
function limitOf(
  told: number,
  { page, total, served }: Readonly<Record<'page' | 'total' | 'served', number>>,
) {
  const isShort = served > 0 && served < told && (page - 1) * told + served < total;
  return isShort ? served : Math.max(1, told);
}
