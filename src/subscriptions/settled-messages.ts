import { setImmediate as nextTurn } from 'node:timers/promises';
import { isFinalStatus } from '../domain/message-status.ts';
import type { EventLog } from '../store/store.ts';

const IDS_PER_READ = 200;

/** Those of the messages whose final report is in the log. */
export async function findSettled(
  log: Pick<EventLog, 'readMessages'>,
  workspace: string,
  messageIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const settled = new Set<string>();
  for (let start = 0; start < messageIds.length; start += IDS_PER_READ) {
    if (start > 0) await nextTurn();
    const timelines = await log.readMessages(workspace, messageIds.slice(start, start + IDS_PER_READ));
    for (const [messageId, entries] of timelines)
      if (entries.some(({ report }) => isFinalStatus(report.status))) settled.add(messageId);
  }
  return settled;
}
