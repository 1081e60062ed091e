import { type Ask, askOver, TRANSPORTS } from '../ask.ts';
import { attackerToken } from '../sign-token.ts';
import type { Attack, Target } from '../target.ts';

export const PUMPED_NUMBERS = 10_000;
const FIRST_NUMBER = 447_900_550_000;
const LIST_LENGTH = 100;
const AT_ONCE = 20;
/** In the short form, of each way to send. */
const SHORT_REQUESTS = 40;
/** One by one takes as long as it takes: what is not sent by then is not sent. */
const LONGEST_MS = 20_000;

export const pumpedNumber = (index: number): string => `+${FIRST_NUMBER + index}`;

const SEND =
  'mutation($i: SendSmsInput!) { sendSms(input: $i) { __typename ... on SendResult { summary { acceptedCount } } ... on UserError { code } } }';

interface Job {
  readonly ask: Ask;
  readonly to: readonly string[];
}

/**
 * A run of 10,000 numbers that follow one another, the way pumping looks: as lists, one by one, from several callers,
 * several aliases in a request, over every transport. What got through is counted where it arrives, at the provider.
 */
export const NUMBER_PUMPING: readonly Attack[] = [
  { name: 'pumping: lists of 100', run: (target) => pump(target, LIST_LENGTH) },
  { name: 'pumping: one by one', run: (target) => pump(target, 1) },
  { name: 'pumping: the same number over and over', run: repeatNumber },
  { name: 'pumping: several aliases in a request', run: pumpByAliases },
];

async function pump(target: Target, length: number): Promise<readonly string[]> {
  const asks = await openAsks(target);
  const total = Math.ceil(PUMPED_NUMBERS / length);
  const requests = target.isShort ? Math.min(total, SHORT_REQUESTS) : total;
  const jobs = Array.from({ length: requests }, (_, index): Job => {
    const to = Array.from({ length }, (_item, offset) => pumpedNumber(index * length + offset));
    return { ask: asks[index % asks.length] ?? fail, to };
  });
  return runAll(jobs);
}

async function repeatNumber(target: Target): Promise<readonly string[]> {
  const asks = await openAsks(target);
  const count = target.isShort ? SHORT_REQUESTS : 200;
  return runAll(
    Array.from({ length: count }, (_, index) => ({
      ask: asks[index % asks.length] ?? fail,
      to: [pumpedNumber(0)],
    })),
  );
}

/** Of callers with different names: the guards of a workspace hold all the same. Sockets are dear to open, and so few. */
async function openAsks(target: Target): Promise<readonly Ask[]> {
  const callers = await Promise.all(['a', 'b', 'c'].map((sub) => attackerToken(target, `pump-${sub}`)));
  const overHttp = callers.map((token) => askOver('http', { url: target.url, token }));
  return [...overHttp, askOver('sse', { url: target.url, token: callers[0] ?? null }), ...overHttp];
}

const fail: Ask = () => Promise.reject(new Error('There is nobody to ask.'));

/** Every send is answered in type: let through or refused, never an error of ours. */
async function runAll(jobs: readonly Job[]): Promise<readonly string[]> {
  const findings: string[] = [];
  const queue = jobs.values();
  const endMs = performance.now() + LONGEST_MS;
  const worker = async () => {
    for (const { ask, to } of queue) {
      if (performance.now() > endMs) return;
      const { text, status } = await ask({
        query: SEND,
        variables: { i: { to, text: 'Win!', sender: 'Attack' } },
      });
      const isTyped = /"__typename":"(SendResult|SendRefusedError|RateLimitedError)"/.test(text);
      if (!isTyped && status !== 503) findings.push(`A send was answered ${status}: ${text.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return [...new Set(findings)];
}

async function pumpByAliases(target: Target): Promise<readonly string[]> {
  const token = await attackerToken(target, 'pump-aliases');
  const fields = Array.from({ length: 5 }, (_, index) => {
    const to = Array.from({ length: 20 }, (_item, offset) => pumpedNumber(index * 20 + offset));
    return `s${index}: sendSms(input: { to: ${JSON.stringify(to)}, text: "Win!", sender: "Attack" }) { __typename }`;
  });
  const query = `mutation { ${fields.join(' ')} }`;
  const findings = TRANSPORTS.map(async (transport) => {
    const { text } = await askOver(transport, { url: target.url, token })({ query });
    return text.includes('LIMIT_EXCEEDED')
      ? []
      : [`Several sends in a request were let in over ${transport}.`];
  });
  return (await Promise.all(findings)).flat();
}
