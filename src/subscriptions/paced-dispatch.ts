import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Hands out entries in small portions with a turn of the event loop between them, so that a batch of a thousand gives
 * subscribers the time to take what they were given instead of overflowing all their queues at once.
 */
export function createPacedDispatch<Entry>(
  dispatch: (entry: Entry) => void,
  portion: number,
): (entries: readonly Entry[]) => Promise<void> {
  let sinceTurn = 0;
  let isWorking = false;
  let work = Promise.resolve();
  const batches: (readonly Entry[])[] = [];

  async function handOut(): Promise<void> {
    isWorking = true;
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      for (const entry of batch) {
        if (sinceTurn === portion) {
          sinceTurn = 0;
          await nextTurn();
        }
        sinceTurn += 1;
        dispatch(entry);
      }
    }
    isWorking = false;
  }

  return (entries) => {
    batches.push(entries);
    if (!isWorking) work = handOut();
    return work;
  };
}
