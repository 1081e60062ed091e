import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import autocannon from 'autocannon';
import { PAGE_QUERY } from './support/page-rows.ts';

const WARM_UP_SECONDS = 4;
const ROUNDS = 9;
const ROUND_SECONDS = 1;
const CONNECTIONS = 20;

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

/**
 * Server CPU of one POST for a page of 25 messages with 10 fields from memory, beside bare node:http and JSON. The two
 * take turns and the medians are told, so that what else the machine does meanwhile falls on both.
 */
export async function main(): Promise<void> {
  const [floor, gateway] = [await start('floor'), await start('gateway')];
  for (const { port } of [floor, gateway]) await load(port, WARM_UP_SECONDS);
  const measured: { readonly floor: number; readonly gateway: number }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    measured.push({ floor: await measure(floor), gateway: await measure(gateway) });
  for (const { child } of [floor, gateway]) child.kill();

  console.log(
    `bare node:http + JSON: ${median(measured.map(({ floor }) => floor)).toFixed(0)} µs CPU a request`,
  );
  console.log(`the gateway: ${median(measured.map(({ gateway }) => gateway)).toFixed(0)} µs CPU a request`);
  const ratio = median(measured.map(({ floor, gateway }) => gateway / floor));
  console.log(`${ratio.toFixed(2)} times the floor`);
}

async function start(kind: 'floor' | 'gateway'): Promise<Server> {
  const file = `support/page-server${extname(import.meta.url)}`;
  const child = fork(new URL(file, import.meta.url), [kind]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port };
}

async function measure({ child, port }: Server): Promise<number> {
  const before = await cpuOf(child);
  const { requests, non2xx } = await load(port, ROUND_SECONDS);
  if (non2xx > 0) throw new Error(`${non2xx} requests failed`);
  return ((await cpuOf(child)) - before) / requests.total;
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

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
