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
  const served = messages.length;
  const limit = Math.max(1, data.limit ?? limitOf(asked.limit, { page, total, served }));
  return {
    rows: read.rows.read(area, messages, read.row),
    total,
    page,
    totalPages: data.total_pages ?? Math.ceil(total / limit),
    limit,
    served,
  };
}

interface ShownPage {
  readonly page: number;
  readonly total: number;
  readonly served: number;
}

/** A page that does not say its size, and holds fewer rows than one of the asked size would, is full at what it holds. */
function limitOf(asked: number, { page, total, served }: ShownPage): number {
  const expected = Math.min(asked, total - (page - 1) * asked);
  return served > 0 && served < asked && served !== expected ? served : asked;
}
