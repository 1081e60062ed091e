import { pino } from 'pino';
import { systemClock } from '../../src/domain/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { startRedisServer } from '../../test/support/redis-server.ts';
import { auditLog } from './audit-log.ts';
import type { TortureResult } from './scenario.ts';
import { type Acknowledged, startWriter, type WriterProcess } from './writer-process.ts';

const REPLICAS = 3;
const PER_SECOND = 500;

/** Three processes on one Redis append the same reports at the same time. */
export async function appendThrice(reports: number): Promise<TortureResult> {
  const server = await startRedisServer();
  try {
    const writers = Array.from({ length: REPLICAS }, () => startWriter(server.url, 0, PER_SECOND));
    await Promise.all(writers.map((writer) => untilReached(writer, reports)));
    const acknowledged = (await Promise.all(writers.map((writer) => writer.kill()))).flat();
    const store = await openStore({
      url: server.url,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      processId: 'audit',
    });
    const audit = await auditLog(store, acknowledged);
    await store.close();
    const firsts = acknowledged.filter(({ isDuplicate }) => !isDuplicate);
    const calledNewTwice = firsts.length - new Set(firsts.map(({ number }) => number)).size;
    return {
      isPassed: audit.lost === 0 && audit.twice === 0 && calledNewTwice === 0,
      counts: { replicas: REPLICAS, acknowledged: acknowledged.length, calledNewTwice, ...audit },
    };
  } finally {
    await server.stop();
  }
}

async function untilReached(writer: WriterProcess, number: number): Promise<void> {
  let reached: Acknowledged;
  do reached = await writer.nextAcknowledged();
  while (reached.number < number);
}
