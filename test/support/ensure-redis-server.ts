import { spawnSync } from 'node:child_process';
import { findRedisLauncher, findRedisProgram, succeeds } from './redis-launcher.ts';

const HOW_TO_INSTALL =
  'The tests need a Redis server: install it (Debian, Ubuntu: sudo apt-get install redis-server; macOS: brew install redis) or start Docker.';

/**
 * Runs once before the tests: makes sure that a Redis server can be started. The one on the PATH, else Debian's
 * package where it may be installed, else a container engine; else the run fails, and says what to install.
 */
export function setup(): void {
  if (findRedisProgram() !== undefined) return;
  if (installDebianPackage()) return;
  if (findRedisLauncher() === null) throw new Error(HOW_TO_INSTALL);
}

// A package must not start a service of its own: the tests start servers on free ports.
const QUIETLY = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1'];

function installDebianPackage(): boolean {
  const isRoot = process.getuid?.() === 0;
  if (!succeeds('apt-get', '--version')) return false;
  if (!isRoot && !succeeds('sudo', '-n', 'true')) return false;
  console.log('Installing the package redis-server for the tests…');
  const asRoot = isRoot ? [] : ['sudo', '-n'];
  const commands = [
    ['apt-get', 'update', '-qq'],
    [...QUIETLY, 'apt-get', 'install', '-y', '-qq', 'redis-server'],
  ];
  const isInstalled = commands.every(([...command]) => {
    const [program = '', ...args] = [...asRoot, ...command];
    return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  });
  return isInstalled && findRedisProgram() !== undefined;
}
