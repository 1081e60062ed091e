import { setTimeout as delay } from 'node:timers/promises';
import { type LiveGateway, startLiveGateway } from '../../test/support/live-gateway.ts';
import { SEND_ANSWER } from '../../test/support/sample-send.ts';
import { json, type ScriptedUpstream, startScriptedUpstream } from '../../test/support/scripted-upstream.ts';
import { tokenFor } from '../../test/support/tokens.ts';

const ROUNDS = 7;
const SENDS = 300;
const SENDS_AT_ONCE = 4;
const HANGING_READS = 200;
const PROVIDER_MS = 20;
const SEND = `mutation { sendSms(input: { to: ["+14155551234", "+447911123456"], text: "Hello", sender: "MyApp" }) { __typename } }`;

type Ask = (query: string, signal?: AbortSignal) => Promise<string>;

/** How long a send takes while every place of reads at the provider hangs, beside an idle gateway; they take turns. */
export async function lanes(): Promise<void> {
  const upstream = await startScriptedUpstream(async (request, response, index) => {
    if (request.method === 'GET') return; // hangs
    await delay(PROVIDER_MS);
    await json(SEND_ANSWER)(request, response, index);
  });
  const env = { GUARDS: 'off', SMS_API_TIMEOUT_MS: '60000', READ_CACHE_TTL_MS: '0' };
  const gateway = await startLiveGateway({ providerUrl: upstream.baseUrl, env });
  const ask = await askerOf(gateway);
  await p99OfSends(ask); // warm

  const measured: { readonly idle: number; readonly hanging: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const idle = await p99OfSends(ask);
    const letGo = await hangReads(ask, upstream, gateway);
    measured.push({ idle, hanging: await p99OfSends(ask) });
    await letGo();
  }
  await gateway.close();
  await upstream.close();

  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN;
  const [idle, hanging] = [
    median(measured.map((each) => each.idle)),
    median(measured.map((each) => each.hanging)),
  ];
  const ratio = median(measured.map((each) => each.hanging / each.idle));
  console.log(
    `a send, p99: idle ${idle.toFixed(1)} ms; with ${HANGING_READS} reads hanging ${hanging.toFixed(1)} ms, ${ratio.toFixed(2)} times as long`,
  );
}

async function askerOf({ graphqlUrl }: LiveGateway): Promise<Ask> {
  const authorization = `Bearer ${await tokenFor({ sub: 'bench', scope: '*', workspace: 'shop' })}`;
  return async (query, signal = new AbortController().signal) => {
    const headers = { 'content-type': 'application/json', authorization };
    const body = JSON.stringify({ query });
    return (await fetch(graphqlUrl, { method: 'POST', headers, body, signal })).text();
  };
}

async function p99OfSends(ask: Ask): Promise<number> {
  const latenciesMs: number[] = [];
  const sendOn = async () => {
    while (latenciesMs.length < SENDS) {
      const startMs = performance.now();
      const answer = await ask(SEND);
      latenciesMs.push(performance.now() - startMs);
      if (!answer.includes('"SendResult"')) throw new Error(`A send failed: ${answer}`);
    }
  };
  await Promise.all(Array.from({ length: SENDS_AT_ONCE }, sendOn));
  return latenciesMs.sort((left, right) => left - right)[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN;
}

/** Resolves when no more reads reach the provider: every place that reads can have is taken. */
async function hangReads(
  ask: Ask,
  upstream: ScriptedUpstream,
  gateway: LiveGateway,
): Promise<() => Promise<void>> {
  const before = upstream.requests.length;
  const leave = new AbortController();
  const reads = Array.from({ length: HANGING_READS }, (_, index) =>
    ask(`{ message(messageId: "api_${index}_1") { id } }`, leave.signal).catch(() => undefined),
  );
  const reached = () => upstream.requests.length - before;
  while (reached() + (await waitingReads(gateway)) < HANGING_READS) await delay(10);
  return async () => {
    leave.abort();
    await Promise.all(reads);
    while ((await waitingReads(gateway)) > 0) await delay(10);
  };
}

const waitingReads = async (gateway: LiveGateway): Promise<number> =>
  Number((await gateway.metrics()).split('\ngateway_upstream_waiting{lane="status"} ')[1]?.split('\n')[0]);
