import { ok } from '../../api/answer.ts';
import { defineEndpoint } from '../../api/endpoint.ts';
import { type PageParameters, readPage } from '../../api/paging.ts';
import { webhookLogRow } from './webhook-log-row.ts';

/** The attempts to post webhooks, newest first. */
export const webhooksLogsEndpoint = defineEndpoint<PageParameters>({
  method: 'GET',
  path: '/user/webhooks/logs',
  permission: 'webhooks.read',
  check: ({ query }) => readPage(query),
  answer({ key }, { page, limit }) {
    const newestFirst = key.workspace.webhookLog.toReversed();
    const rows = newestFirst.slice((page - 1) * limit, page * limit);
    return ok({ logs: rows.map(webhookLogRow), total: newestFirst.length, page, limit });
  },
});
