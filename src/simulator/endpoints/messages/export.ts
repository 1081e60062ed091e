import type { Answer } from '../../api/answer.ts';
import { type ApiCall, defineEndpoint } from '../../api/endpoint.ts';
import { LIST_STATUS_GROUPS } from '../../messages/message-status.ts';
import type { ExportRun } from '../../world/world.ts';
import { csvLines, EXPORT_HEADER, generatedCsvLines } from './csv-export.ts';
import { type MessageFilter, readMessageFilter } from './message-filter.ts';
import { newestFirst } from './message-search.ts';

/** The most rows an export holds. */
const MAX_ROWS = 1_000_000;

/** Rows that leave in one write; more would only sit in memory. */
const ROWS_PER_CHUNK = 200;

const HEADERS = {
  'Content-Type': 'text/csv; charset=utf-8',
  'Content-Disposition': 'attachment; filename="messages.csv"',
};

/** Joins lines to chunks, as they are pulled, and counts them. */
function* chunked(lines: Iterable<string>, run: ExportRun): Generator<string> {
  let chunk = EXPORT_HEADER;
  try {
    for (const line of lines) {
      if (run.rows === MAX_ROWS) break;
      chunk += line;
      run.rows += 1;
      if (run.rows % ROWS_PER_CHUNK !== 0) continue;
      yield chunk;
      chunk = '';
    }
    yield chunk;
  } finally {
    run.isOver = true;
  }
}

function linesOf({ key, journal }: ApiCall, filter: MessageFilter): Iterable<string> {
  const { exportRows } = key.workspace.account.condition;
  return exportRows === null ? csvLines(newestFirst(journal, filter)) : generatedCsvLines(exportRows);
}

/** The same rows as the unified list, as CSV, at the caller's own pace. */
export const exportEndpoint = defineEndpoint<MessageFilter>({
  method: 'GET',
  path: '/sms/messages/unified/export',
  permission: 'sms.read',
  check: (call) => readMessageFilter(call, { statusGroups: LIST_STATUS_GROUPS, defaultSource: 'all' }),
  answer(call, filter): Answer {
    const run: ExportRun = { rows: 0, isOver: false };
    call.world.exports.push(run);
    return { kind: 'stream', chunks: chunked(linesOf(call, filter), run), headers: HEADERS };
  },
});
