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

type Asked = 'same' | 'different';

interface Measured {
  readonly floor: number;
  /** Every caller asks the same: those of one moment share an answer. */
  readonly same: number;
  /** No two callers ask the same. */
  readonly different: number;
}

/**
 * Server CPU of one POST for a page of 25 messages with 10 fields from memory, beside bare node:http and JSON. They take
 * turns and the medians are told, so that what else the machine does meanwhile falls on all of them.
 */
export async function main(): Promise<void> {
  const [floor, gateway] = [await start('floor'), await start('gateway')];
  for (const { port } of [floor, gateway]) await load(port, WARM_UP_SECONDS, 'different');
  const measured: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++)
    measured.push({
      floor: await measure(floor, 'same'),
      same: await measure(gateway, 'same'),
      different: await measure(gateway, 'different'),
    });
  for (const { child } of [floor, gateway]) child.kill();

  console.log(`bare node:http + JSON: ${micros(measured.map((each) => each.floor))} a request`);
  for (const kind of ['same', 'different'] as const) {
    const ratio = median(measured.map((each) => each[kind] / each.floor)).toFixed(2);
    const asked = kind === 'same' ? 'all ask the same' : 'each asks something else';
    console.log(
      `the gateway, ${asked}: ${micros(measured.map((each) => each[kind]))} a request, ${ratio} times the floor`,
    );
  }
}

async function start(kind: 'floor' | 'gateway'): Promise<Server> {
  const file = `support/page-server${extname(import.meta.url)}`;
  const child = fork(new URL(file, import.meta.url), [kind]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { child, port };
}

async function measure({ child, port }: Server, asked: Asked): Promise<number> {
  const before = await cpuOf(child);
  const { requests, non2xx } = await load(port, ROUND_SECONDS, asked);
  if (non2xx > 0) throw new Error(`${non2xx} requests failed`);
  return ((await cpuOf(child)) - before) / requests.total;
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ cpuMicros }] = (await once(child, 'message')) as [{ cpuMicros: number }];
  return cpuMicros;
}

function load(port: number, duration: number, asked: Asked): Promise<autocannon.Result> {
  let nonce = 0;
  const body = (): string =>
    JSON.stringify({
      query: PAGE_QUERY,
      variables: { first: 25, nonce: asked === 'same' ? 1_000_000_000 : 1_000_000_000 + nonce++ },
    });
  return autocannon({
    url: `http://127.0.0.1:${port}/graphql`,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: body() }),
      },
    ],
    connections: CONNECTIONS,
    duration,
  });
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;

const micros = (values: readonly number[]): string => `${median(values).toFixed(0)} µs CPU`;
