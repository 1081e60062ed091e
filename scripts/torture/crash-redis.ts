import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { systemClock } from '../../src/domain/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { startRedisServer } from '../../test/support/redis-server.ts';
import { auditLog } from './audit-log.ts';
import type { TortureResult } from './scenario.ts';
import { startWriter } from './writer-process.ts';

const PER_SECOND = 500;
const LONGEST_LIFE_MS = 500;

/** Kills the Redis server at random moments under one writer, which must come back by itself each time. */
export async function crashRedis(rounds: number, log: (line: string) => void): Promise<TortureResult> {
  const server = await startRedisServer();
  try {
    const writer = startWriter(server.url, 0, PER_SECOND);
    for (let round = 1; round <= rounds; round += 1) {
      await writer.nextAcknowledged();
      await pause(Math.random() * LONGEST_LIFE_MS);
      await server.kill();
      await server.restart();
      if (round % 10 === 0) log(`${round} kills`);
    }
    await writer.nextAcknowledged();
    const acknowledged = await writer.kill();
    const store = await openStore({
      url: server.url,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      processId: 'audit',
    });
    const audit = await auditLog(store, acknowledged);
    await store.close();
    const duplicates = acknowledged.filter(({ isDuplicate }) => isDuplicate).length;
    return {
      isPassed: audit.lost === 0 && audit.twice === 0,
      counts: { kills: rounds, acknowledged: acknowledged.length, duplicates, ...audit },
    };
  } finally {
    await server.stop();
  }
}
