import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './gateway-process.ts';

/** The wall clock of one process, moved by a test while the process runs. Time that is measured goes on as it is. */
export interface ShiftableClock {
  /** Of the process whose clock it is. */
  readonly env: Environment;
  /** Against this machine. */
  readonly aheadMs: number;
  /** Holds from the next look at the clock on. */
  set(aheadMs: number): void;
  remove(): void;
}

const FILE = 'SHIFTED_CLOCK_FILE';
/** Every number is written over the whole of the one before. */
const WIDTH = 24;

/**
 * Runs in the process, before anything else. It looks into the file whenever somebody looks at the clock: what was set is
 * then true at once, without a word between the two.
 */
const SHIFT = `
import { openSync, readSync } from 'node:fs';
const file = openSync(process.env.${FILE}, 'r');
const buffer = Buffer.alloc(${WIDTH});
const trueNow = Date.now;
const now = () => trueNow() + Number(buffer.toString('latin1', 0, readSync(file, buffer, 0, ${WIDTH}, 0)));
Date.now = now;
globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: (target) => new target(now()).toString(),
});`;

export function createShiftableClock(): ShiftableClock {
  const folder = mkdtempSync(join(tmpdir(), 'shifted-clock-'));
  const path = join(folder, 'ahead-ms');
  const file = openSync(path, 'w');
  let aheadMs = 0;
  const set = (ms: number): void => {
    aheadMs = ms;
    writeSync(file, String(ms).padEnd(WIDTH), 0, 'latin1');
  };
  set(0);

  return {
    env: {
      [FILE]: path,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(SHIFT)}`,
    },
    get aheadMs() {
      return aheadMs;
    },
    set,
    remove() {
      closeSync(file);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
