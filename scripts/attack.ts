import { parseArgs } from 'node:util';
import { type AttackRunResult, runAttack } from './attack/run-attack.ts';

const MB = 1024 * 1024;
const DEFAULT_SECONDS = '60';

/** `npm run attack [-- --seconds 60]`: replays the attack corpus beside a client that does nothing wrong. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: DEFAULT_SECONDS } } });
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= 3600)) {
    console.error('--seconds must be a number from 1 to 3600.');
    process.exitCode = 2;
    return;
  }
  console.log(`Attacking a gateway in production mode for ${seconds} s …`);
  const result = await runAttack({
    seconds,
    isShort: false,
    log: (line) => console.log(`  finding: ${line}`),
  });
  printResult(result);
  const { sends, limit } = result.letThrough;
  if (result.crashes.length > 0 || result.findings.length > 0 || sends > limit) process.exitCode = 1;
}

function printResult({ attacks, crashes, findings, letThrough, goodClient, memory }: AttackRunResult): void {
  const { before, during } = goodClient;
  const failed = during.failures.length;
  for (const crash of new Set(crashes)) console.log(`  crash: ${crash.slice(0, 1000)}`);
  console.log(`attacks:            ${attacks}`);
  console.log(`crashes:            ${crashes.length}`);
  console.log(`findings:           ${findings.length}`);
  console.log(
    `sends let through:  ${letThrough.sends} of a run of ${letThrough.tried} numbers (the guards allow ${letThrough.limit})`,
  );
  console.log(
    `good client:        p99 ${before.p99Ms.toFixed(1)} ms before, ${during.p99Ms.toFixed(1)} ms during; ` +
      `${during.requests} requests, ${failed} turned away`,
  );
  const growth = memory.after.residentBytes - memory.before.residentBytes;
  console.log(
    `memory:             ${inMb(memory.before.residentBytes)} before, ${inMb(memory.peak.residentBytes)} at most, ` +
      `${inMb(memory.after.residentBytes)} after (${growth < 0 ? '' : '+'}${inMb(growth)}); ` +
      `heap ${inMb(memory.before.heapBytes)} before, ${inMb(memory.after.heapBytes)} after`,
  );
}

const inMb = (bytes: number): string => `${Math.round(bytes / MB)} MB`;

await main();
