import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { systemClock } from '../../src/domain/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { StoreUnavailableError } from '../../src/store/store.ts';
import { numberedReport } from './numbered-report.ts';

// The process that gets killed: appends reports to the store without end, and prints each one as soon as it is
// acknowledged: `<number> <position> <1 when it was a duplicate>`.
// Arguments: store URL, number of the first report, reports a second.

const TICK_MS = 10;
const RETRY_MS = 100;
/** The provider waits for answers too: while so many are missing, it sends no more. */
const MAX_UNANSWERED = 1000;

const [url = '', first = '0', perSecond = '500'] = process.argv.slice(2);
const store = await openStore({
  url,
  clock: systemClock,
  logger: pino({ level: 'silent' }),
  processId: `writer-${process.pid}`,
});

/** Tries until it is acknowledged, as the provider does; a report is never given up here. */
async function deliver(number: number): Promise<void> {
  for (;;) {
    try {
      const { position, isDuplicate } = await store.log.append('main', numberedReport(number));
      process.stdout.write(`${number} ${position} ${isDuplicate ? 1 : 0}\n`);
      return;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await pause(RETRY_MS);
    }
  }
}

const perTick = (Number(perSecond) * TICK_MS) / 1000;
let number = Number(first);
let unanswered = 0;
setInterval(() => {
  for (let count = 0; count < perTick && unanswered < MAX_UNANSWERED; count += 1) {
    unanswered += 1;
    void deliver(number).then(() => {
      unanswered -= 1;
    });
    number += 1;
  }
}, TICK_MS);
