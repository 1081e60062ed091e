import { type ChildProcess, spawn, spawnSync } from 'node:child_process';

/** How a Redis server is run on this machine: as a program, or in a container. */
export interface RedisLauncher {
  /** Starts a server in the foreground, with its data in the folder. */
  launch(name: string, folder: string, args: readonly string[]): ChildProcess;
  /** Sends a signal to the server itself. */
  signal(name: string, process: ChildProcess, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
}

const IMAGE = 'redis:7';
const PROGRAMS = ['redis-server', 'valkey-server'];
const CONTAINER_ENGINES = ['docker', 'podman'];

/** The server that is on the PATH. */
export const findRedisProgram = (): string | undefined =>
  PROGRAMS.find((name) => succeeds(name, '--version'));

/** Null when there is neither a server on the PATH nor a container engine that answers. */
export function findRedisLauncher(): RedisLauncher | null {
  const program = findRedisProgram();
  if (program !== undefined) return programLauncher(program);
  const engine = CONTAINER_ENGINES.find((name) => succeeds(name, 'info'));
  return engine === undefined ? null : containerLauncher(engine);
}

export const succeeds = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

const programLauncher = (program: string): RedisLauncher => ({
  launch: (_name, folder, args) =>
    spawn(program, ['--bind', '127.0.0.1', '--dir', folder, ...args], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  signal: (_name, process, signal) => {
    process.kill(signal);
  },
});

const CONTAINER_VERBS = { SIGKILL: 'kill', SIGSTOP: 'pause', SIGCONT: 'unpause' } as const;

const containerLauncher = (engine: string): RedisLauncher => ({
  launch: (name, folder, args) => {
    const options = ['--rm', '--name', name, '--network', 'host', '--volume', `${folder}:/data`];
    const server = [IMAGE, 'redis-server', '--bind', '127.0.0.1', '--dir', '/data', ...args];
    return spawn(engine, ['run', ...options, ...server], { stdio: ['ignore', 'pipe', 'ignore'] });
  },
  signal: (name, _process, signal) => {
    spawnSync(engine, [CONTAINER_VERBS[signal], name], { stdio: 'ignore' });
  },
});
