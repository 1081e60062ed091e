import { DAY_MS } from '../formats/timestamps.ts';
import type { MessageJournal } from '../messages/message-journal.ts';
import { statusCodeOf } from '../messages/message-status.ts';
import type { SimulatorTime } from '../time/simulator-time.ts';

const HOUR_MS = 3_600_000;
const GIVEN_UP_AFTER_MS = 3 * DAY_MS;

/**
 * Each hour, messages without a final status for 3 days become UNDELIV. No carrier said so, so no report is posted, and a
 * real one may still follow.
 */
export function startCleanUp(time: SimulatorTime, journals: () => Iterable<MessageJournal>): void {
  function cleanUp(): void {
    for (const journal of journals()) {
      for (const message of journal.open) {
        if (time.now() - message.createdAtMs < GIVEN_UP_AFTER_MS) continue;
        message.status = 'UNDELIV';
        message.statusCode = statusCodeOf('UNDELIV');
        journal.noteStatus(message);
      }
    }
    time.after(HOUR_MS, cleanUp);
  }
  time.after(HOUR_MS, cleanUp);
}
