import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findRedisLauncher, type RedisLauncher } from './redis-launcher.ts';

/** A real Redis server on a free port, with its data in a folder of its own. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Ends it as a crash does: nothing is written any more. */
  kill(): Promise<void>;
  /** Starts it again after a kill, on the same port and data. */
  restart(): Promise<void>;
  /** It keeps its connections but answers nothing. */
  pause(): void;
  resume(): void;
  /** Ends it for good and removes its data. */
  stop(): Promise<void>;
}

/** The settings that docs/store.md asks for: every acknowledged write is on the disk. */
const DURABLE = [
  '--save',
  '',
  '--appendonly',
  'yes',
  '--appendfsync',
  'always',
  '--maxmemory-policy',
  'noeviction',
];

/** @param args more settings of the server, after the durable ones: `['--requirepass', 'secret']` */
export async function startRedisServer(args: readonly string[] = []): Promise<RedisServer> {
  const launcher = findRedisLauncher();
  if (launcher === null) throw new Error('There is no Redis server to start.');
  const folder = await mkdtemp(join(tmpdir(), 'gateway-redis-'));
  const name = basename(folder);
  const port = await findFreePort();
  const settings = ['--port', String(port), ...DURABLE, ...args];
  const launch = () => launchUntilReady(launcher, name, folder, settings);
  let server = await launch();

  const kill = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    launcher.signal(name, server, 'SIGKILL');
    await exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    kill,
    async restart() {
      server = await launch();
    },
    pause: () => launcher.signal(name, server, 'SIGSTOP'),
    resume: () => launcher.signal(name, server, 'SIGCONT'),
    async stop() {
      await kill();
      // A child that saves or rewrites outlives the server for a moment, and still writes.
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
}

async function launchUntilReady(
  launcher: RedisLauncher,
  name: string,
  folder: string,
  settings: readonly string[],
): Promise<ChildProcess> {
  const server = launcher.launch(name, folder, settings);
  const killWithTests = () => launcher.signal(name, server, 'SIGKILL');
  process.once('exit', killWithTests);
  server.once('exit', () => process.off('exit', killWithTests));
  let output = '';
  for await (const chunk of server.stdout ?? []) {
    output += String(chunk);
    if (output.includes('Ready to accept connections')) {
      server.stdout?.resume();
      return server;
    }
  }
  throw new Error(`The Redis server did not start: ${output}`);
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
