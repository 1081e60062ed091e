import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { MemoryReading } from '../support/measured-gateway.ts';
import { type AttackedWorld, OWN_WORKSPACE, openAttackedWorld, VICTIM_WORKSPACE } from './attacked-world.ts';
import type { AttackOrder, AttackReport } from './attacker-process.ts';
import { collectTraces } from './collect-traces.ts';
import { PUMPED_NUMBERS, pumpedNumber } from './corpus/number-pumping.ts';
import { CREWS } from './corpus.ts';
import { type ClientReading, type GoodClient, startGoodClient } from './good-client.ts';
import { signToken } from './sign-token.ts';

export interface AttackRunOptions {
  readonly seconds: number;
  /** The same attacks, fewer repeats of each. */
  readonly isShort: boolean;
  readonly log: (line: string) => void;
}

export interface AttackRunResult {
  readonly attacks: number;
  /** The gateway ended, or its log tells of an error of its own. */
  readonly crashes: readonly string[];
  readonly findings: readonly string[];
  readonly letThrough: { readonly sends: number; readonly limit: number; readonly tried: number };
  readonly goodClient: { readonly before: ClientReading; readonly during: ClientReading };
  readonly memory: {
    readonly before: MemoryReading;
    readonly peak: MemoryReading;
    readonly after: MemoryReading;
  };
}

/** Of the default guards: what one range of numbers may get within an hour. The pumped ones are of one range. */
const PREFIX_LIMIT = 100;
/** Caches fill up to their bounds: documents and plans to some 60 MB, messages and tokens to less. */
const MOST_GROWTH_BYTES = 100 * 1024 * 1024;
/** The short form runs beside other tests, on whatever machine: being turned away would tell nothing. */
export const NEVER_OVERLOADED = { LIMIT_EVENT_LOOP_LAG_MS: '60000' };
const WARM_UP_MS = 2_000;
const SHORT_MS = 500;
const SETTLE_MS = 2_000;
const SAMPLE_MS = 500;

/** Starts a gateway as in production and attacks it for a while, beside a client that does nothing wrong. */
export async function runAttack(options: AttackRunOptions): Promise<AttackRunResult> {
  const world = await openAttackedWorld(options.isShort ? NEVER_OVERLOADED : {});
  if (options.isShort) world.gateway.giveWay();
  try {
    return await attackWorld(world, options);
  } finally {
    await world.close();
  }
}

async function attackWorld(world: AttackedWorld, options: AttackRunOptions): Promise<AttackRunResult> {
  const { gateway, issuer } = world;
  const victim = await collectTraces(gateway.url, issuer, VICTIM_WORKSPACE);
  const target = { url: gateway.url, issuer, workspace: OWN_WORKSPACE, victim, isShort: options.isShort };
  const token = await signToken(issuer, { sub: 'good', workspace: OWN_WORKSPACE, scope: '*' });
  const client = startGoodClient(gateway.url, token);
  const before = await measureCalm(client, options);
  const memoryBefore = await gateway.readLeanMemory();
  const sampler = sampleMemory(world);
  const crews = CREWS.map((_lanes, crew) =>
    runAttacker({ crew, target, seconds: options.seconds }, options.log),
  );
  const reports = (await Promise.all(crews)).flat();
  const during = client.read();
  await client.stop();
  const peak = await sampler.stop();
  await sleep(options.isShort ? SHORT_MS : SETTLE_MS);
  const after = gateway.exitCode === null ? await gateway.readLeanMemory() : memoryBefore;
  const exitCode = gateway.exitCode ?? (await gateway.stop());
  return {
    attacks: reports.length,
    crashes: [...gateway.alarms, ...(exitCode === 0 ? [] : [`The gateway ended with ${exitCode}.`])],
    findings: [
      ...reports.flatMap(({ attack, findings }) => findings.map((finding) => `${attack}: ${finding}`)),
      ...judgeClient(before, during, client),
      ...judgeGrowth(memoryBefore, after),
    ],
    letThrough: countLetThrough(world),
    goodClient: { before, during },
    memory: { before: memoryBefore, peak, after },
  };
}

async function measureCalm(
  client: GoodClient,
  { isShort, seconds }: AttackRunOptions,
): Promise<ClientReading> {
  await sleep(isShort ? SHORT_MS : WARM_UP_MS);
  client.read();
  await sleep(isShort ? SHORT_MS : Math.min(10_000, seconds * 1000));
  return client.read();
}

const ATTACKER = fileURLToPath(new URL('./attacker-process.ts', import.meta.url));

async function runAttacker(
  order: AttackOrder,
  log: (line: string) => void,
): Promise<readonly AttackReport[]> {
  const child = fork(ATTACKER, { execArgv: ['--import', import.meta.resolve('tsx')] });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const reports: AttackReport[] = [];
  child.on('message', (message) => {
    const report = message as AttackReport;
    reports.push(report);
    for (const finding of report.findings) log(`${report.attack}: ${finding}`);
  });
  child.send(order);
  const [code] = await once(child, 'exit');
  process.off('exit', killWithUs);
  if (code !== 0) throw new Error(`The attackers ended with ${code}.`);
  return reports;
}

/** The highest reading until it is stopped. A look that fails is not counted: whether the process lives is seen elsewhere. */
function sampleMemory({ gateway }: AttackedWorld) {
  let peak: MemoryReading = { residentBytes: 0, heapBytes: 0 };
  let isStopped = false;
  const sample = async () => {
    while (!isStopped) {
      const reading = await gateway.readMemory().catch(() => peak);
      peak = {
        residentBytes: Math.max(peak.residentBytes, reading.residentBytes),
        heapBytes: Math.max(peak.heapBytes, reading.heapBytes),
      };
      await sleep(SAMPLE_MS);
    }
    return peak;
  };
  const sampling = sample();
  return {
    stop: () => {
      isStopped = true;
      return sampling;
    },
  };
}

function countLetThrough({ simulator }: AttackedWorld): AttackRunResult['letThrough'] {
  const sends = Array.from(
    { length: PUMPED_NUMBERS },
    (_, index) => simulator.sentTo(pumpedNumber(index)).length,
  );
  return { sends: sends.reduce((sum, count) => sum + count, 0), limit: PREFIX_LIMIT, tried: PUMPED_NUMBERS };
}

/** Being turned away for a moment while the process is overloaded is how it is meant; anything else is not. */
function judgeClient(before: ClientReading, during: ClientReading, client: GoodClient): readonly string[] {
  const failures = [...before.failures, ...during.failures].filter((failure) => !failure.startsWith('503 '));
  return [
    ...[...new Set(failures)].map((failure) => `The good client was answered ${failure}`),
    ...(during.requests > 0 ? [] : ['The good client was answered nothing.']),
    ...(client.reportCount > 0 ? [] : ['The good client heard of no delivery.']),
  ];
}

function judgeGrowth(before: MemoryReading, after: MemoryReading): readonly string[] {
  const growth = after.heapBytes - before.heapBytes;
  return growth <= MOST_GROWTH_BYTES
    ? []
    : [`The heap grew by ${Math.round(growth / 1024 ** 2)} MB for good.`];
}
