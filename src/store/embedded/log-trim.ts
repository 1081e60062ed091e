import type { Environment, PositionKey } from './environment.ts';
import { timelineKey } from './timeline-key.ts';

/** Few enough that appends are not kept waiting behind one transaction. */
const BATCH = 1000;

/** Removes entries with their timeline, in small transactions. `onTrimmed` runs inside each, with its last entry. */
export async function trimLog(
  environment: Environment,
  olderThanMs: number,
  onTrimmed: (upTo: PositionKey) => void,
): Promise<number> {
  const { log, timeline } = environment.tables;
  const removeBatch = () => {
    const old = Array.from(log.getRange({ end: [olderThanMs, 0], limit: BATCH }));
    for (const { key, value } of old) {
      log.remove(key);
      timeline.remove(timelineKey(value.workspace, value.report));
    }
    const newestRemoved = old.at(-1);
    if (newestRemoved !== undefined) onTrimmed(newestRemoved.key);
    return old.length;
  };

  let total = 0;
  for (let removed = BATCH; removed === BATCH; total += removed) {
    removed = await environment.write(removeBatch);
  }
  return total;
}
