import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A Node process that runs a piece of our TypeScript. */
export interface NodeProcess {
  /** Resolves with the next line on its standard output. */
  nextLine(): Promise<string>;
  readonly exited: Promise<number | null>;
  kill(): Promise<void>;
}

export interface NodeProcessLimits {
  /**
   * Files of this size are full, as on a disk that has no more room. In blocks of 512 bytes. A soft limit: `prlimit`
   * lifts it.
   */
  readonly maxFileBlocks?: number;
}

/** @param program TypeScript with top-level await; import our modules by absolute URL */
export function startNodeProcess(program: string, limits: NodeProcessLimits = {}): NodeProcess {
  const command = [process.execPath, '--import', 'tsx', '--input-type', 'module', '--eval', program];
  const limited = ['-c', `ulimit -S -f ${limits.maxFileBlocks ?? 'unlimited'}; exec "$@"`, 'sh', ...command];
  const child: ChildProcess = spawn('sh', limited, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit').then(([code]): number | null => code);
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const complete = (rest + chunk).split('\n');
    rest = complete.pop() ?? '';
    for (const line of complete) {
      const next = waiting.shift();
      if (next === undefined) lines.push(line);
      else next(line);
    }
  });

  return {
    nextLine() {
      const line = lines.shift();
      if (line !== undefined) return Promise.resolve(line);
      return new Promise((resolve, reject) => {
        waiting.push(resolve);
        exited.then((code) => reject(new Error(`The process ended with ${code} before it said more.`)));
      });
    },
    exited,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
