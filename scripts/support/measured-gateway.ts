import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { collectGarbage } from './collect-garbage.ts';

/** A gateway in a process of its own, which is looked at from inside. */
export interface MeasuredGateway {
  readonly url: string;
  /** What its log says that should never happen. */
  readonly alarms: readonly string[];
  /** Null while it lives. */
  readonly exitCode: number | null;
  readMemory(): Promise<MemoryReading>;
  /** What it still holds once garbage is gone. */
  readLeanMemory(): Promise<MemoryReading>;
  /** Lets other processes of this machine go first. */
  giveWay(): void;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export interface MemoryReading {
  readonly residentBytes: number;
  readonly heapBytes: number;
}

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** On a free port of this machine: it is asked to collect garbage, and nothing else. */
const INSPECTED = '--inspect=127.0.0.1:0';
const INSPECTOR_LINE = /^(Debugger |For help, see|Waiting for the debugger)/;
/** An error of ours, or the end of the process. */
const ALARM = /"level":"(error|fatal)"/;
const STOP_MS = 30_000;

/** @param folder where it runs: no `.env` of this checkout gets in */
export async function startMeasuredGateway(
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<MeasuredGateway> {
  const child = spawn(process.execPath, [INSPECTED, '--import', import.meta.resolve('tsx'), MAIN], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.off('exit', killWithUs));
  const alarms: string[] = [];
  const { url, inspectorUrl } = await readAddresses(child, alarms);
  return {
    url,
    alarms,
    get exitCode() {
      return child.exitCode ?? (child.signalCode === null ? null : -1);
    },
    readMemory: () => readMemory(url),
    async readLeanMemory() {
      await collectGarbage(inspectorUrl);
      return readMemory(url);
    },
    giveWay: () => child.pid !== undefined && setPriority(child.pid, constants.priority.PRIORITY_LOW),
    stop: () => stop(child),
  };
}

interface Addresses {
  readonly url: string;
  readonly inspectorUrl: string;
}

/** Resolves with where it listens; goes on reading for what should never be said. */
function readAddresses(child: ChildProcess, alarms: string[]): Promise<Addresses> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    let inspectorUrl = '';
    const onLine = (line: string) => {
      if (said.length < 100) said.push(line);
      if (ALARM.test(line)) alarms.push(line);
      const url = /"url":"(http:[^"]+)"/.exec(line)?.[1];
      if (url !== undefined) resolve({ url, inspectorUrl });
    };
    const onErrorLine = (line: string) => {
      inspectorUrl ||= /ws:\S+/.exec(line)?.[0] ?? '';
      if (!INSPECTOR_LINE.test(line)) alarms.push(line);
      said.push(line);
    };
    if (child.stdout) createInterface({ input: child.stdout }).on('line', onLine);
    if (child.stderr) createInterface({ input: child.stderr }).on('line', onErrorLine);
    child.once('exit', () => reject(new Error(`The gateway did not start:\n${said.join('\n')}`)));
  });
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit', { signal: AbortSignal.timeout(STOP_MS) });
  child.kill('SIGTERM');
  const [code] = await exited.catch(() => {
    child.kill('SIGKILL');
    return [null];
  });
  return code;
}

async function readMemory(url: string): Promise<MemoryReading> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
  return {
    residentBytes: read('process_resident_memory_bytes'),
    heapBytes: read('nodejs_heap_size_used_bytes'),
  };
}
