import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SECRET } from '../../test/support/tokens.ts';
import { WEBHOOK_SECRET } from './asks.ts';

/** A server under load, in a process of its own. */
export interface BenchServer {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/** One of the bench's own processes, which is asked over a channel of its own. */
export interface Helper extends BenchServer {
  /** Sends a message and resolves with the answer. */
  tell<Answer>(message: object): Promise<Answer>;
}

const TICK_MICROS = 10_000; // USER_HZ is 100 on every Linux that Node runs on
const PAGE_BYTES = 4096;
const LOOK_EVERY_MS = 20;

/** Where `package.json` is: this file runs from its source and from its build. */
export const ROOT = findRoot(import.meta.dirname);

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}

/** What all threads of a process took so far. */
export function readCpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROS;
}

export const readRssMb = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 2 ** 20;

/** @param file beside this one, without its extension; it says its port, if it has one, once it is ready */
export function startHelper(file: string, args: readonly string[], node = process.execPath): Promise<Helper> {
  const extension = extname(import.meta.url);
  const path = join(import.meta.dirname, `${file}${extension}`);
  return startForked(path, args, {
    execPath: node,
    execArgv: extension === '.ts' ? ['--import', import.meta.resolve('tsx')] : [],
  });
}

async function startForked(
  path: string,
  args: readonly string[],
  options: { readonly execPath: string; readonly execArgv?: string[] },
): Promise<Helper> {
  const child = fork(path, args, {
    execArgv: [],
    ...options,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
  });
  const stop = endWithUs(child);
  const waiting: ((message: unknown) => void)[] = [];
  child.on('message', (message) => waiting.shift()?.(message));
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${path} ended.`)));
  ended.catch(() => undefined); // it ends some time, and then nobody waits for it
  const answer = <Answer>() =>
    Promise.race([
      new Promise<Answer>((resolve) => waiting.push(resolve as (message: unknown) => void)),
      ended,
    ]);
  const { port = 0 } = await answer<{ readonly port?: number }>();
  return {
    port,
    pid: child.pid ?? 0,
    stop,
    tell(message) {
      child.send(message);
      return answer();
    },
  };
}

export interface GatewaySetup {
  /** The built program: `dist/main.js`. */
  readonly program: string;
  readonly node: string;
  readonly upstreamPort: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Holds `data`, when there is something in the store already. @default a new one, removed in the end */
  readonly folder?: string;
}

/**
 * The gateway as it runs in production: built, a live key, callers with tokens, guards and limits that enforce, metrics, and a
 * log at `info` that goes to a file.
 */
export async function startGateway({
  program,
  node,
  upstreamPort,
  env,
  folder,
}: GatewaySetup): Promise<BenchServer> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'gateway-bench-')));
  const log = join(home, 'gateway.log');
  const output = openSync(log, 'w');
  const child = spawn('sh', ['-c', 'ulimit -n "$(ulimit -H -n)"; exec "$@"', 'sh', node, program], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      NODE_ENV: 'production',
      PORT: '0',
      METRICS: 'public',
      LOG_LEVEL: 'info',
      SMS_API_URL: `http://127.0.0.1:${upstreamPort}/api/v1`,
      SMS_API_KEY: 'sk_prod_of_the_bench',
      WEBHOOK_SECRETS: WEBHOOK_SECRET,
      AUTH_JWT_SECRET: SECRET,
      STORE_URL: `file:${join(home, 'data')}`,
      ...env,
    },
    stdio: ['ignore', output, output],
  });
  const stop = endWithUs(child);
  const listening = /"url":"http:\/\/127\.0\.0\.1:(\d+)".*"listening"/;
  let said = '';
  for (; !listening.test(said); said = readFileSync(log, 'utf8')) {
    if (child.exitCode !== null) throw new Error(`The gateway did not start: ${said}`);
    await delay(LOOK_EVERY_MS);
  }
  return {
    port: Number(listening.exec(said)?.[1]),
    pid: child.pid ?? 0,
    async stop() {
      await stop();
      if (folder === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}

/** Kills the process with this one. @returns kills it now */
function endWithUs(child: ChildProcess): () => Promise<void> {
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    kill();
    await exited;
  };
}
