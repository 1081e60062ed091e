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
const startedAtMs = Date.now();
let number = Number(first);
setInterval(() => {
  const due = Number(first) + Math.floor(((Date.now() - startedAtMs) / TICK_MS) * perTick);
  for (; number < due; number += 1) void deliver(number);
}, TICK_MS);
