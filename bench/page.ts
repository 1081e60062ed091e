import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import autocannon from 'autocannon';
import { PAGE_QUERY } from './support/page-rows.ts';

const WARM_UP_SECONDS = 4;
const SECONDS = 6;
const CONNECTIONS = 20;

/** Server CPU of one POST for a page of 25 messages with 10 fields from memory, beside bare node:http and JSON. */
export async function main(): Promise<void> {
  console.log(`bare node:http + JSON: ${await measure('floor')}`);
  console.log(`the gateway: ${await measure('gateway')}`);
}

async function measure(kind: 'floor' | 'gateway'): Promise<string> {
  const serverFile = `support/page-server${extname(import.meta.url)}`;
  const child = fork(new URL(serverFile, import.meta.url), [kind]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  await load(port, WARM_UP_SECONDS);
  const before = await cpuOf(child);
  const { requests, latency, non2xx } = await load(port, SECONDS);
  const cpuMicros = ((await cpuOf(child)) - before) / requests.total;
  child.kill();
  if (non2xx > 0) throw new Error(`${non2xx} requests failed`);
  return `${cpuMicros.toFixed(0)} µs CPU a request, ${requests.average.toFixed(0)} requests/s, p99 ${latency.p99} ms`;
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }];
  return cpuMicros;
}

function load(port: number, duration: number): Promise<autocannon.Result> {
  return autocannon({
    url: `http://127.0.0.1:${port}/graphql`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: PAGE_QUERY, variables: { first: 25 } }),
    connections: CONNECTIONS,
    duration,
  });
}
