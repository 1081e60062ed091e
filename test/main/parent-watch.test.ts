import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { findBuiltProgram } from '../support/built-program.ts';

it('drains when npm was told to end, although its shell hands no signal on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'parent-'));
  const command = [process.execPath, await findBuiltProgram(), '--port', '0'];
  // As npm does; the second command keeps every shell from becoming the first one.
  const shell = spawn('sh', ['-c', '"$@"; :', 'sh', ...command], {
    cwd: folder,
    env: { PATH: process.env['PATH'], npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true, // a group of its own, which the end of the test can end whole
  });
  onTestFinished(() => {
    if (shell.pid !== undefined && !isOver) process.kill(-shell.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  let isOver = false;
  const over = once(shell, 'close').then(() => {
    isOver = true; // nobody holds its output any more
  });
  let output = '';
  await new Promise<void>((resolve) => {
    shell.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (output.includes('"listening"')) resolve();
    });
  });
  shell.kill('SIGTERM');
  await over;
  expect(output).toContain('draining');
}, 60_000);
