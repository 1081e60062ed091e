import { isFinalStatus } from '../domain/message-status.ts';
import type { WatchList } from '../store/store.ts';
import type { Hub } from './hub.ts';

/** Messages whose final report came through the hub: they need not be watched any longer. */
export interface SettledWatches {
  /** Takes them off the watch list. */
  forget(watches: WatchList): Promise<void>;
  /** Leaves them: another replica takes them off. */
  drop(): void;
  close(): void;
}

/** Beyond, they stay on the list until they are due; then the log tells. */
const MAX_HELD = 10_000;

export function collectSettledWatches(hub: Pick<Hub, 'onEntry'>): SettledWatches {
  let idsByWorkspace = new Map<string, Set<string>>();
  let heldCount = 0;

  const take = () => {
    const taken = idsByWorkspace;
    idsByWorkspace = new Map();
    heldCount = 0;
    return taken;
  };
  const stopListening = hub.onEntry(({ workspace, report }) => {
    if (!isFinalStatus(report.status) || heldCount >= MAX_HELD) return;
    const ids = idsByWorkspace.get(workspace) ?? new Set();
    idsByWorkspace.set(workspace, ids.add(report.messageId));
    heldCount += 1;
  });

  return {
    async forget(watches) {
      for (const [workspace, ids] of take()) await watches.remove(workspace, [...ids]);
    },
    drop: () => void take(),
    close: stopListening,
  };
}
