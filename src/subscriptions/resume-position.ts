import { UpstreamUnavailableError } from '../domain/errors.ts';
import type { TokenSealer } from '../domain/sealed-token.ts';
import { type EventLog, type LogBounds, StoreUnavailableError } from '../store/store.ts';
import { type EventCursor, openEventCursor } from './event-cursor.ts';

export interface ResumeOptions {
  /** The cursor to resume after; null to begin anew. */
  readonly after: string | null;
  readonly askHash: string;
  readonly sealer: TokenSealer;
  readonly log: EventLog;
}

/**
 * Where to resume; null to begin anew.
 *
 * @throws CursorInvalidError, CursorExpiredError, or UpstreamUnavailableError when the log cannot be asked
 */
export async function readResumePoint(options: ResumeOptions): Promise<EventCursor | null> {
  const { after, askHash, sealer, log } = options;
  if (after === null) return null;
  return openEventCursor(after, sealer, { askHash, bounds: await readBounds(log) });
}

async function readBounds(log: EventLog): Promise<LogBounds> {
  try {
    return await log.bounds();
  } catch (error) {
    throw explainStoreOutage(error);
  }
}

/** What a caller is told when the store is away while a subscription begins. */
export const explainStoreOutage = (error: unknown): unknown =>
  error instanceof StoreUnavailableError
    ? new UpstreamUnavailableError(
        'The log of delivery reports cannot be read at the moment. Subscribe again in a few seconds, with the same cursor.',
        true,
      )
    : error;
