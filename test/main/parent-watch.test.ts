import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findBuiltProgram } from '../support/built-program.ts';

/** A script that ends once there is a file `over`, and leaves the gateway behind. */
const IN_BACKGROUND = 'node PROGRAM --port 0 & echo $! > pid; while ! test -e over; do sleep 0.1; done';
const GONE = 'the shell in which npm started this has ended';

let program: string;
let folder: string;
let group: number | undefined;

beforeAll(async () => {
  program = await findBuiltProgram();
}, 60_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parent-'));
});
afterEach(() => {
  if (group !== undefined) killGroup(group);
  rmSync(folder, { recursive: true, force: true });
});

/** Nothing that a test started outlives it. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

interface Started {
  readonly npm: ChildProcess;
  /** Resolves when the gateway has ended too: nobody holds the output any more. */
  readonly over: Promise<unknown>;
  output(): string;
  says(text: string): Promise<void>;
}

/** `npm start` in a folder whose `start` is the script. */
function startNpm(script: string): Started {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { start: script } }));
  const npm = spawn('npm', ['start', '--silent'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, NO_UPDATE_NOTIFIER: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // a group of its own, which the end of the test can end whole
  });
  group = npm.pid;
  let output = '';
  npm.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  return {
    npm,
    over: once(npm, 'close'),
    output: () => output,
    says: (text) =>
      new Promise((resolve) => {
        const look = () => output.includes(text) && resolve();
        npm.stdout.on('data', look);
        look();
      }),
  };
}

const linesOf = ({ output }: Started) =>
  output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

describe('a gateway below npm', { timeout: 60_000 }, () => {
  it('drains when npm was ended, although its shell hands no signal on, and the log says why', async () => {
    // The second command keeps every shell from becoming the first one.
    const started = startNpm(`node ${program} --port 0; :`);
    await started.says('"listening"');
    started.npm.kill('SIGTERM');
    await started.over;
    expect(linesOf(started).find(({ msg }) => String(msg).startsWith('draining'))).toMatchObject({
      reason: GONE,
    });
    expect(started.output()).not.toContain('SIGTERM');
  });

  it.each([
    ['a shell further in', 'sh outer.sh'],
    ['a script that puts it behind', IN_BACKGROUND],
  ])('outlives %s', async (_name, script) => {
    writeFileSync(join(folder, 'outer.sh'), IN_BACKGROUND.replace('PROGRAM', program));
    const started = startNpm(script.replace('PROGRAM', program));
    await started.says('"listening"');
    const exited = once(started.npm, 'exit');
    writeFileSync(join(folder, 'over'), '');
    await exited;
    const { url } = linesOf(started).find(({ msg }) => msg === 'listening');
    await sleep(1000); // four looks at the parent: that nothing comes of them has no event
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    process.kill(Number(readFileSync(join(folder, 'pid'), 'utf8')), 'SIGTERM');
    await started.over;
    expect(linesOf(started).find(({ msg }) => String(msg).startsWith('draining'))).toMatchObject({
      reason: 'SIGTERM',
    });
  });
});
