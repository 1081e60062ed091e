import { asUnavailable, StoreUnavailableError } from './store-errors.ts';

/** How long any call on the store may take: a webhook must get its 503 before the provider gives up on the answer. */
export const STORE_DEADLINE_MS = 2000;

/**
 * Waits for the work, but not longer than the deadline. The work itself goes on: what it may still write is as unknown
 * as with any other lost answer.
 *
 * @throws StoreUnavailableError when the work fails or is too slow
 */
export async function withDeadline<T>(work: Promise<T>, deadlineMs = STORE_DEADLINE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // When this process was too busy to look, the answer may have come already: it is read before this runs.
      setImmediate(() => {
        reject(new StoreUnavailableError(`The store did not answer within ${deadlineMs} ms.`));
      });
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, tooSlow]);
  } catch (error) {
    throw asUnavailable(error);
  } finally {
    clearTimeout(timer);
  }
}
