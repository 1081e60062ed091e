import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { API_KEY, runSimulated } from '../support/run-gateway.ts';

const EXPORT = `mutation ($filter: TrafficFilter) {
  exportMessages(filter: $filter) { ... on ExportLink { url expiresAt } } }`;
const MIB = 1024 * 1024;

interface Download {
  readonly bytes: number;
  readonly rows: number;
  readonly digest: string;
}

/** Reads a CSV to its end at full speed, holding nothing of it. */
async function download(url: string, headers: Record<string, string> = {}): Promise<Download> {
  const response = await fetch(url, { headers });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('text/csv'),
  ]);
  const digest = createHash('sha256');
  let [bytes, lines] = [0, 0];
  for await (const chunk of Readable.fromWeb(response.body as import('node:stream/web').ReadableStream)) {
    digest.update(chunk);
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  return { bytes, rows: lines - 1, digest: digest.digest('hex') };
}

async function linkOf(graphqlUrl: string, filter: object = {}): Promise<string> {
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: EXPORT, variables: { filter } }),
  });
  const { data } = (await response.json()) as { data: { exportMessages: { url: string } } };
  return data.exportMessages.url;
}

describe('an export', { timeout: 60_000 }, () => {
  it('of 1,000,000 rows passes through, and the gateway stays as small as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'export-'));
    const simulator = await startSimulator({
      accounts: [{ id: 'default', keys: [{ key: API_KEY }], exportRows: 1_000_000 }],
    });
    const gateway = await startGatewayProcess({
      HOME: folder,
      SMS_API_URL: simulator.url,
      SMS_API_KEY: API_KEY,
      METRICS: 'public',
      WEBHOOK_SECRETS: 'a-secret-of-webhooks',
      AUTH: 'none',
      LOG_LEVEL: 'info',
    });
    onTestFinished(async () => {
      await gateway.kill();
      await simulator.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const residentMiB = async () => {
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      return Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]) / MIB;
    };

    const before = await residentMiB();
    let peak = before;
    const watch = setInterval(() => void residentMiB().then((mib) => (peak = Math.max(peak, mib))), 200);
    const taken = await download(await linkOf(gateway.graphqlUrl));
    clearInterval(watch);

    expect(taken.rows).toBe(1_000_000);
    expect(taken.bytes).toBeGreaterThan(100 * MIB);
    expect(peak - before).toBeLessThan(100); // the file is larger than that: it was never held
  });

  it('goes at the pace of its reader, and ends upstream when the reader leaves', async () => {
    const { graphqlUrl, simulator } = await runSimulated({ account: { exportRows: 1_000_000 } });
    const caller = new AbortController();
    const response = await fetch(await linkOf(graphqlUrl), { signal: caller.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    // Nobody reads on: what is on the way fills the buffers of the sockets, and then the provider has to wait.
    const rows = () => simulator.exports[0]?.rows ?? 0;
    let last = -1;
    await expect
      .poll(
        () => {
          const isStill = last === rows();
          last = rows();
          return isStill;
        },
        { interval: 100, timeout: 10_000 },
      )
      .toBe(true);
    expect(rows()).toBeLessThan(500_000);
    caller.abort();
    await expect.poll(() => simulator.exports[0]?.isOver).toBe(true);
    expect(rows()).toBeLessThan(1_000_000);
  });

  it('is the bytes of the provider, one for one', async () => {
    const { graphqlUrl, simulator } = await runSimulated({ account: { exportRows: 20_000 } });
    const direct = await download(`${simulator.url}/sms/messages/unified/export`, { 'x-api-key': API_KEY });
    expect(await download(await linkOf(graphqlUrl))).toEqual(direct);
  });

  it('holds the rows that the filter asks for', async () => {
    const { ask, graphqlUrl } = await runSimulated({
      account: { history: { days: 5, messages: 200, campaignMessages: 50 } },
    });
    for (const filter of [
      { source: 'ALL' },
      { source: 'BROADCASTS' },
      { source: 'API', statusGroup: 'DELIVERED' },
      { period: 'TODAY' },
    ]) {
      const { rows } = await download(await linkOf(graphqlUrl, filter));
      const { data } = await ask(
        'query ($filter: TrafficFilter) { traffic(filter: $filter) { totalCount } }',
        { filter },
      );
      expect(rows, JSON.stringify(filter)).toBe(data.traffic.totalCount);
    }
  });

  it('needs its link: an edited or a foreign one downloads nothing', async () => {
    const { url, graphqlUrl, simulator } = await runSimulated();
    const link = await linkOf(graphqlUrl);
    const wrong = [
      `${link}x`,
      link.slice(0, -1),
      `${url}/exports/messages.csv`,
      `${url}/exports/messages.csv?token=x`,
    ];
    for (const each of wrong) expect((await fetch(each)).status).toBeGreaterThanOrEqual(400);
    expect(simulator.exports).toHaveLength(0);
  });

  it('that the provider refuses says so, and is no file', async () => {
    const { graphqlUrl, simulator } = await runSimulated();
    const link = await linkOf(graphqlUrl);
    simulator.faults.next({ kind: 'error', errorCode: 'FORBIDDEN', path: '/sms/messages/unified/export' });
    const response = await fetch(link);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.headers.get('content-type')).not.toContain('csv');
    simulator.faults.next({ kind: 'cut_answer', path: '/sms/messages/unified/export' });
    await expect(fetch(link).then((cut) => cut.text())).rejects.toThrow(); // half a file does not look like a whole one
  });
});
