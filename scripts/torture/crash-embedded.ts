import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { systemClock } from '../../src/domain/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { auditLog } from './audit-log.ts';
import type { TortureResult } from './scenario.ts';
import { type Acknowledged, startWriter } from './writer-process.ts';

const PER_SECOND = 500;
const LONGEST_LIFE_MS = 500;
const EARLY_DEATH = 10;
/** So many reports before the last acknowledged one are sent again: the provider repeats what got no answer. */
const REPEATED = 50;

/** Kills the writer at random moments, and lets the next one go on in the same folder. */
export async function crashEmbedded(rounds: number, log: (line: string) => void): Promise<TortureResult> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-torture-'));
  const url = `file:${folder}`;
  const acknowledged: Acknowledged[] = [];
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const first = Math.max(0, (acknowledged.at(-1)?.number ?? 0) - REPEATED);
      const writer = startWriter(url, first, PER_SECOND);
      // Some die while they are still opening the store.
      if (round % EARLY_DEATH !== 0) await writer.nextAcknowledged();
      await pause(Math.random() * LONGEST_LIFE_MS);
      acknowledged.push(...(await writer.kill()));
      if (round % 10 === 0) log(`${round} kills, ${acknowledged.length} acknowledged`);
    }
    const store = await openStore({
      url,
      clock: systemClock,
      logger: pino({ level: 'silent' }),
      processId: 'audit',
    });
    const audit = await auditLog(store, acknowledged);
    await store.close();
    const duplicates = acknowledged.filter(({ isDuplicate }) => isDuplicate).length;
    return {
      isPassed: audit.lost === 0 && audit.twice === 0 && acknowledged.length > 0,
      counts: { kills: rounds, acknowledged: acknowledged.length, duplicates, ...audit },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
