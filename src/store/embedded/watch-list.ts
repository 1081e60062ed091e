import type { Watch, WatchList } from '../store.ts';
import type { Environment, Tables } from './environment.ts';
import { AFTER_ALL_PARTS, keyPart } from './key-part.ts';

type WatchKey = [workspace: string, messageId: string];

export function createWatchList({ tables, write, read }: Environment): WatchList {
  const { watches, watchesByDue } = tables;

  return {
    add: (added) =>
      write(() => {
        for (const watch of added) {
          const key = watchKey(watch.workspace, watch.messageId);
          if (!watches.doesExist(key)) putWatch(tables, key, watch);
        }
      }),
    due: (nowMs, limit) =>
      read(() =>
        Array.from(watchesByDue.getRange({ end: [nowMs, AFTER_ALL_PARTS], limit }), ({ value }) =>
          watches.get(value),
        ).filter((watch) => watch !== undefined),
      ),
    reschedule: (changed) =>
      write(() => {
        for (const watch of changed) {
          const key = watchKey(watch.workspace, watch.messageId);
          // One that is gone got its final report meanwhile: it stays gone.
          if (removeWatch(tables, key)) putWatch(tables, key, watch);
        }
      }),
    remove: (workspace, messageIds) =>
      write(() => {
        for (const messageId of messageIds) removeWatch(tables, watchKey(workspace, messageId));
      }),
    size: () => read(() => watches.getKeysCount()),
  };
}

const watchKey = (workspace: string, messageId: string): WatchKey => [keyPart(workspace), keyPart(messageId)];

function putWatch({ watches, watchesByDue }: Tables, key: WatchKey, watch: Watch): void {
  watches.put(key, {
    workspace: watch.workspace,
    messageId: watch.messageId,
    sentAtMs: watch.sentAtMs,
    dueAtMs: watch.dueAtMs,
    attempts: watch.attempts,
  });
  watchesByDue.put([watch.dueAtMs, ...key], key);
}

/** True when it was there. */
function removeWatch({ watches, watchesByDue }: Tables, key: WatchKey): boolean {
  const existing = watches.get(key);
  if (existing === undefined) return false;
  watchesByDue.remove([existing.dueAtMs, ...key]);
  watches.remove(key);
  return true;
}
