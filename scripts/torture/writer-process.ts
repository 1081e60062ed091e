import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** What the writer was told: the report of this number is at this position, for good. */
export interface Acknowledged {
  readonly number: number;
  readonly position: string;
  readonly isDuplicate: boolean;
}

export interface WriterProcess {
  /** Resolves with the next acknowledgement; rejects when the writer ends by itself. */
  nextAcknowledged(): Promise<Acknowledged>;
  /** `kill -9`, and everything it acknowledged. */
  kill(): Promise<readonly Acknowledged[]>;
}

const WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));

/** Starts a process that appends reports from the given number on, until it is killed. */
export function startWriter(storeUrl: string, firstNumber: number, perSecond: number): WriterProcess {
  const args = ['--import', 'tsx', WRITER, storeUrl, String(firstNumber), String(perSecond)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const acknowledged: Acknowledged[] = [];
  const lines = createInterface({ input: child.stdout });
  const ended = once(lines, 'close');
  lines.on('line', (line) => {
    const entry = parseLine(line);
    if (entry === null) return;
    acknowledged.push(entry);
    lines.emit('acknowledged', entry);
  });

  return {
    async nextAcknowledged() {
      const next = once(lines, 'acknowledged').then(([entry]: Acknowledged[]) => entry);
      const entry = await Promise.race([next, ended.then(() => undefined)]);
      if (entry === undefined) throw new Error('The writer ended by itself.');
      return entry;
    },
    async kill() {
      child.kill('SIGKILL');
      await Promise.all([exited, ended]);
      process.off('exit', killWithUs);
      return acknowledged;
    },
  };
}

/** Null for a line that the kill cut off. */
function parseLine(line: string): Acknowledged | null {
  const match = /^(\d+) (\d+-\d+) ([01])$/.exec(line);
  if (match === null) return null;
  const [, number = '', position = '', duplicate] = match;
  return { number: Number(number), position, isDuplicate: duplicate === '1' };
}
