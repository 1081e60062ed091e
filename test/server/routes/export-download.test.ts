import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/logger.ts';
import type { Simulator } from '../../../src/simulator/simulator.ts';
import { type Gateway, startGateway } from '../../../src/start-gateway.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const ROWS = 300_000;
const MEGABYTE = 1024 * 1024;
const clock = createManualClock(Date.now());
const NEW_LINE = 10;
let folder: string;
let gateway: Gateway;
let simulator: Simulator;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'));
  gateway = await startGateway(loadConfig({ PORT: '0', STORE_URL: `file:${folder}` }), {
    logger: createLogger('silent'),
    clock,
  });
  if (gateway.simulator === null) throw new Error('no simulator');
  simulator = gateway.simulator;
  simulator.changeAccount('default', { exportRows: ROWS });
});
afterAll(async () => {
  await gateway.drain();
  await rm(folder, { recursive: true });
});

async function link(): Promise<string> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation { exportMessages(filter: { period: LAST_30_DAYS }) { ... on ExportLink { url } } }',
    }),
  });
  const { data } = (await response.json()) as { data: { exportMessages: { url: string } } };
  return data.exportMessages.url;
}

const lastRun = () => simulator.exports.at(-1);

describe('the download of an export', () => {
  it('passes every row through as a file, in flat memory', async () => {
    const response = await fetch(await link());
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/csv');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="messages-\d{4}-\d\d-\d\d-to-\d{4}-\d\d-\d\d\.csv"$/,
    );
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const before = process.memoryUsage().rss;
    let lines = 0;
    let peak = 0;
    for await (const chunk of response.body ?? []) {
      for (const byte of chunk) if (byte === NEW_LINE) lines++;
      peak = Math.max(peak, process.memoryUsage().rss - before);
    }
    expect(lines).toBe(ROWS + 1);
    expect(peak).toBeLessThan(100 * MEGABYTE);
  });

  it('stops the provider when the caller leaves, and while the caller does not read', async () => {
    const request = get(await link());
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await once(response, 'data');
    response.pause();
    await expect
      .poll(async () => {
        const before = lastRun()?.rows;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return lastRun()?.rows === before;
      })
      .toBe(true);
    expect(lastRun()?.rows).toBeLessThan(ROWS);
    expect(lastRun()?.isOver).toBe(false);
    request.destroy();
    await expect.poll(() => lastRun()?.isOver).toBe(true);
    expect(lastRun()?.rows).toBeLessThan(ROWS);
  });

  it('is refused with a status and a sentence: no token, an edited one, an old one, another method', async () => {
    const url = await link();
    const answerOf = async (target: string, method = 'GET') => {
      const response = await fetch(target, { method });
      return [response.status, await response.text()];
    };
    const before = simulator.exports.length;
    expect(await answerOf(`${gateway.url}/exports/messages.csv`)).toEqual([
      403,
      expect.stringContaining('not valid'),
    ]);
    expect(await answerOf(url.replace('token=e', 'token=f'))).toEqual([
      403,
      expect.stringContaining('not valid'),
    ]);
    expect((await answerOf(url, 'POST'))[0]).toBe(405);
    clock.advance(3_600_000);
    expect(await answerOf(url)).toEqual([410, expect.stringContaining('expired')]);
    expect(simulator.exports.length).toBe(before);
  });

  it('tells a refusal of the provider before the first byte', async () => {
    const url = await link();
    simulator.changeAccount('default', { isActive: false });
    const response = await fetch(url);
    expect(response.status).toBe(502);
    expect(await response.text()).not.toContain('<');
  });
});
