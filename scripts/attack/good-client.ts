import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { askOver } from './ask.ts';

/** What the well-behaved client saw between two looks. */
export interface ClientReading {
  readonly requests: number;
  readonly p99Ms: number;
  /** What it was answered instead of what it asked for. */
  readonly failures: readonly string[];
}

export interface GoodClient {
  /** What it saw since the last look. */
  read(): ClientReading;
  /** Delivery reports that its subscription brought. */
  readonly reportCount: number;
  stop(): Promise<void>;
}

const PAUSE_MS = 20;
const SEND_EVERY = 50;

const READS = [
  '{ viewer { workspace scopes } }',
  '{ messages(first: 10) { totalCount nodes { messageId status recipient } pageInfo { hasNextPage endCursor } } }',
  '{ estimate(text: "Your code is 847291") { segments encoding } }',
  '{ balance { amount currency } }',
];
const SEND = 'mutation($i: SendSmsInput!) { sendSms(input: $i) { __typename ... on UserError { code } } }';

/** Asks a few dozen times a second, sends now and then, follows the reports: what a page of a customer does. */
export function startGoodClient(url: string, token: string): GoodClient {
  const ask = askOver('http', { url, token });
  let timings: number[] = [];
  let failures: string[] = [];
  let isStopped = false;
  const subscription = followReports(url, token);

  async function askOnce(turn: number): Promise<void> {
    const startedAt = performance.now();
    const isSend = turn % SEND_EVERY === SEND_EVERY - 1;
    const params = isSend
      ? { query: SEND, variables: { i: aSend() } }
      : { query: READS[turn % READS.length] };
    const { status, text, errors } = await ask(params);
    timings.push(performance.now() - startedAt);
    const isFine = status === 200 && errors.length === 0 && (!isSend || text.includes('"SendResult"'));
    if (!isFine) failures.push(`${status} ${text.slice(0, 200)}`);
  }

  async function run(): Promise<void> {
    for (let turn = 0; !isStopped; turn++) {
      await askOnce(turn).catch((error: unknown) => failures.push(String(error)));
      await sleep(PAUSE_MS);
    }
  }
  const running = run();

  return {
    read() {
      const reading = { requests: timings.length, p99Ms: p99Of(timings), failures };
      timings = [];
      failures = [];
      return reading;
    },
    get reportCount() {
      return subscription.count();
    },
    async stop() {
      isStopped = true;
      await running;
      await subscription.stop();
    },
  };
}

/** Numbers of many ranges: nothing that a guard would mind. */
const aSend = () => ({
  to: [`+4477${String(randomInt(100_000_000)).padStart(8, '0')}`],
  text: 'Your table is ready',
  sender: 'Bistro',
});

function p99Of(timings: readonly number[]): number {
  const sorted = timings.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? 0;
}

function followReports(url: string, token: string) {
  let count = 0;
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { token },
  });
  client.subscribe(
    { query: 'subscription { deliveryReportReceived { cursor report { status } } }' },
    { next: () => void count++, error: () => undefined, complete: () => undefined },
  );
  return { count: () => count, stop: async () => client.dispose() };
}
