import { setTimeout as pause } from 'node:timers/promises';
import { CLAIM_MS, NOT_SENT_AFTER_MS } from '../../src/resolvers/sends/prepared-send.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { ageLedger } from './age-ledger.ts';
import { recipientOf } from './numbered-send.ts';
import type { TortureResult } from './scenario.ts';
import { type SendProcess, startSendProcess, type ToldOutcome } from './send-process.ts';

export interface TortureSendsOptions {
  readonly storeUrl: string;
  readonly sends: number;
  /** How often the process is killed; each kill hits as many sends as are under way. */
  readonly kills: number;
  /** Sends under way at once. */
  readonly concurrency: number;
  /** Signs requests when not empty. */
  readonly apiSecret: string;
  readonly log: (line: string) => void;
}

const CUT_SHARE = 0.1;
/** A caller that does not know yet asks again, and gives up at last. */
const ASK_AGAIN_MS = 500;
const MOST_QUESTIONS = 20;
const MORE_THAN_THE_CLAIM_MS = CLAIM_MS + 1000;

/**
 * Sends while answers are cut after the provider took the send in, and while the gateway is killed. Callers do what they are
 * told to: ask again with the same key until they know. Then nobody may have been texted twice, and everything must
 * be known.
 */
export async function tortureSends(options: TortureSendsOptions): Promise<TortureResult> {
  const world = await openWorld(options);
  try {
    const { interrupted, unknown } = await sendUnderFire(world, options);
    options.log(`${interrupted} interrupted by kills, ${unknown} of unknown outcome`);
    world.simulator.faults.clear();
    const resolved = await resolveAll(world, options);
    return report(world, options, { interrupted, unknown, ...resolved });
  } finally {
    await world.simulator.close();
  }
}

interface World {
  readonly simulator: Simulator;
  /** By number of the send; only those whose caller knows. */
  readonly known: Map<number, ToldOutcome>;
  start(): Promise<SendProcess>;
  /** Moves every clock. Processes take the new time when they start. */
  skip(ms: number): Promise<void>;
}

async function openWorld({ storeUrl, apiSecret }: TortureSendsOptions): Promise<World> {
  let aheadMs = 0;
  const key = { key: 'sk_prod_torture', ...(apiSecret === '' ? {} : { secret: apiSecret }) };
  const simulator = await startSimulator({
    clock: { now: () => Date.now() + aheadMs },
    accounts: [{ id: 'main', balance: '1000000', keys: [key] }],
    rateLimit: { perAccountPerSecond: 1_000_000, perIpPerSecond: 1_000_000 },
  });
  simulator.faults.rate({ path: '/sms/send', kind: 'cut_after', probability: CUT_SHARE });
  return {
    simulator,
    known: new Map(),
    start: () => startSendProcess({ storeUrl, baseUrl: simulator.url, apiSecret, aheadMs }),
    async skip(ms) {
      aheadMs += ms;
      if (!storeUrl.startsWith('file:')) await ageLedger(storeUrl, ms);
    },
  };
}

interface Fire {
  readonly interrupted: number;
  readonly unknown: number;
}

/** Every send is asked for once; what a kill interrupted is asked for again by the process that follows. */
async function sendUnderFire(world: World, options: TortureSendsOptions): Promise<Fire> {
  const { sends, kills, log } = options;
  let interrupted: number[] = [];
  let interruptedCount = 0;
  let unknown = 0;
  for (let life = 0; life <= kills; life += 1) {
    const from = Math.floor((sends * life) / (kills + 1));
    const to = Math.floor((sends * (life + 1)) / (kills + 1));
    const numbers = [...interrupted, ...Array.from({ length: to - from }, (_, index) => from + index)];
    const outcomes = await liveOnce(world, numbers, { ...options, isKilled: life < kills });
    interrupted = numbers.filter((number) => outcomes.get(number)?.code === null);
    unknown += [...outcomes.values()].filter(({ code }) => code === 'OUTCOME_UNKNOWN').length;
    interruptedCount += interrupted.length;
    // The restart takes longer than a claim is held: what was under way counts as abandoned.
    await world.skip(MORE_THAN_THE_CLAIM_MS);
    log(`${to} of ${sends} sends, ${interruptedCount} interrupted, ${unknown} unknown so far`);
  }
  return { interrupted: interruptedCount, unknown };
}

interface Life extends TortureSendsOptions {
  readonly isKilled: boolean;
}

/** One gateway makes the sends, `concurrency` at a time; killed while the last of them are under way. */
async function liveOnce(
  world: World,
  numbers: readonly number[],
  { concurrency, isKilled }: Life,
): Promise<ReadonlyMap<number, ToldOutcome>> {
  const gateway = await world.start();
  const outcomes = new Map<number, ToldOutcome>();
  const queue = [...numbers];
  let killing: Promise<void> | null = null;
  const work = async () => {
    for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
      const asked = gateway.ask(number);
      if (isKilled && queue.length === 0) killing ??= killSoon(gateway);
      const outcome = await asked;
      outcomes.set(number, outcome);
      if (outcome.code === 'SENT') world.known.set(number, outcome);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  await (killing ?? gateway.end());
  return outcomes;
}

const LONGEST_DELAY_MS = 8;

/** Somewhere within the time that a send takes. */
async function killSoon(gateway: SendProcess): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_DELAY_MS));
  await gateway.kill();
}

/** Each caller asks with its key until it knows; beside that, the gateway looks for the truths nobody asked for. */
async function resolveAll(world: World, { sends, concurrency }: TortureSendsOptions) {
  await world.skip(NOT_SENT_AFTER_MS);
  const gateway = await world.start();
  const queue = Array.from({ length: sends }, (_, number) => number);
  let stillUnknown = 0;
  const work = async () => {
    for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
      const outcome = await askUntilKnown(gateway, number);
      if (outcome.code === 'SENT') world.known.set(number, outcome);
      else stillUnknown += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  await gateway.end();
  return { stillUnknown };
}

async function askUntilKnown(gateway: SendProcess, number: number): Promise<ToldOutcome> {
  let outcome = await gateway.ask(number);
  for (let asked = 1; outcome.code !== 'SENT' && asked < MOST_QUESTIONS; asked += 1) {
    await pause(ASK_AGAIN_MS);
    outcome = await gateway.ask(number);
  }
  return outcome;
}

function report(
  { simulator, known }: World,
  { sends, kills }: TortureSendsOptions,
  counts: Fire & { readonly stillUnknown: number },
): TortureResult {
  const numbers = Array.from({ length: sends }, (_, number) => number);
  const sentTo = (number: number) => simulator.sentTo(recipientOf(number));
  const duplicates = numbers.filter((number) => sentTo(number).length > 1).length;
  const missing = numbers.filter((number) => sentTo(number).length === 0).length;
  const toldWrong = numbers.filter(
    (number) => known.get(number)?.messageId !== sentTo(number)[0]?.messageId,
  ).length;
  return {
    isPassed: duplicates === 0 && missing === 0 && toldWrong === 0 && counts.stillUnknown === 0,
    counts: {
      sends,
      kills,
      'interrupted by kills': counts.interrupted,
      'answered as unknown': counts.unknown,
      'still unknown': counts.stillUnknown,
      'told another message': toldWrong,
      'never sent': missing,
      duplicates,
    },
  };
}
