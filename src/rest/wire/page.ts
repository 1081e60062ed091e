import type { OffsetPage } from '../../domain/list-query.ts';
import type { UpstreamArea } from '../../metrics.ts';
import { UpstreamContractError } from '../failures/failures.ts';
import type { PageRequest } from '../provider-session.ts';
import { countIn, isRecord } from './fields.ts';
import type { RowReader } from './rows.ts';

/** Reads the envelope that both histories share. */
export function readPage<Row>(
  area: UpstreamArea,
  body: unknown,
  asked: PageRequest,
  read: { readonly rows: RowReader; readonly row: (row: unknown) => Row | null },
): OffsetPage<Row> {
  const {
    messages,
    total: told,
    page: shown,
    limit: held,
    total_pages: pages,
  } = isRecord(body) ? body : NO_PAGE;
  const total = countIn(told);
  if (!Array.isArray(messages) || total === null)
    throw new UpstreamContractError(area, 'the body is not a page of rows');
  const page = countIn(shown) ?? asked.page;
  const served = messages.length;
  const limit = Math.max(1, countIn(held) ?? limitOf(asked.limit, { page, total, served }));
  return {
    rows: read.rows.read(area, messages, read.row),
    total,
    page,
    totalPages: countIn(pages) ?? Math.ceil(total / limit),
    limit,
    served,
  };
}

const NO_PAGE: Record<string, unknown> = {};

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
