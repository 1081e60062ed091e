import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** How a send ended, as the process that made it told its caller. */
export interface ToldOutcome {
  /** `SENT`, or the code of the error; null when the process died before it answered. */
  readonly code: string | null;
  readonly messageId: string | null;
}

export interface SendProcess {
  /** Asks for a send, or for a round of the resolver; resolves when it answers or dies. */
  ask(line: string): Promise<ToldOutcome>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Lets it end by itself. */
  end(): Promise<void>;
}

export interface SendProcessOptions {
  readonly storeUrl: string;
  readonly baseUrl: string;
  /** Makes the provider's key a signing one; empty for none. */
  readonly apiSecret: string;
  /** How far its clock is ahead of this machine's. */
  readonly aheadMs: number;
}

const WORKER = fileURLToPath(new URL('./send-worker.ts', import.meta.url));
const DIED: ToldOutcome = { code: null, messageId: null };

export function startSendProcess({ storeUrl, baseUrl, apiSecret, aheadMs }: SendProcessOptions): SendProcess {
  const args = ['--import', 'tsx', WORKER, storeUrl, baseUrl, apiSecret, String(aheadMs)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const waiting = new Map<string, (outcome: ToldOutcome) => void>();
  const lines = createInterface({ input: child.stdout });
  let isDead = false;
  lines.on('line', (line) => {
    const [asked = '', code = '', messageId = ''] = line.split(' ');
    // A line that the kill cut off tells nothing.
    if (messageId !== '') waiting.get(asked)?.({ code, messageId });
    waiting.delete(asked);
  });
  const ended = once(lines, 'close').then(() => {
    process.off('exit', killWithUs);
    isDead = true;
    for (const tell of waiting.values()) tell(DIED);
    waiting.clear();
  });
  child.stdin.on('error', () => undefined); // it was killed while it was being asked

  return {
    ask: (line) =>
      new Promise((resolve) => {
        if (isDead) return resolve(DIED);
        waiting.set(line, resolve);
        child.stdin.write(`${line}\n`);
      }),
    async kill() {
      child.kill('SIGKILL');
      await Promise.all([exited, ended]);
    },
    async end() {
      child.stdin.end();
      await Promise.all([exited, ended]);
    },
  };
}
