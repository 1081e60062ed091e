import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const INTERVAL_MS = 250;

/**
 * Calls back once the shell is gone in which npm started this very program.
 *
 * npm runs a script through a shell, and Debian's does not hand on the signal that ends npm: what runs would stay behind
 * unseen, with the port and the store in its hands. Any other parent may well be meant to be outlived, also one that has
 * npm's variables because npm started something further out.
 */
export function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  if (!isShellOfNpm(parent)) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, INTERVAL_MS);
  timer.unref();
}

/** A program that a script puts behind (`&`) is meant to outlive the script. Not `&&`, `2>&1`, `&>`. */
const BACKGROUND = /(?<![&>])&(?![&>])/;

/** npm runs `sh -c "<script> <arguments>"`, and names the script in the environment of all that it starts. */
function isShellOfNpm(pid: number): boolean {
  const script = process.env['npm_lifecycle_script'];
  const [, program = ''] = process.argv;
  if (script === undefined || BACKGROUND.test(script) || !script.includes(basename(program))) return false;
  return commandLineOf(pid).includes(` -c ${script}`);
}

/** Arguments with a blank between them; empty where it cannot be read. */
function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return askPs(pid); // macOS has no /proc
  }
}

function askPs(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8', timeout: 2000 });
  } catch {
    return '';
  }
}
