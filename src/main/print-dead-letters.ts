import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import type { Config } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { createLogger } from '../logger.ts';
import { openStore } from '../store/open-store.ts';
import { MAX_DEAD_LETTERS } from '../store/store.ts';
import { describeStartError } from './describe-start-error.ts';

/**
 * Writes the signed delivery reports that could not be read, the newest first, one JSON object a line.
 *
 * @returns the exit code: 1 when the store cannot be opened, which was said on `errors`
 */
export async function printDeadLetters(config: Config, out: Writable, errors: Writable): Promise<number> {
  try {
    const logger = createLogger('silent');
    const store = await openStore({ ...config.store, clock: systemClock, logger, processId: randomUUID() });
    try {
      for (const { receivedAtMs, ...letter } of await store.deadLetters.list(MAX_DEAD_LETTERS))
        out.write(`${JSON.stringify({ receivedAt: new Date(receivedAtMs), ...letter })}\n`);
    } finally {
      await store.close();
    }
    return 0;
  } catch (error) {
    errors.write(`The store could not be read. ${describeStartError(error, config)}\n`);
    return 1;
  }
}
