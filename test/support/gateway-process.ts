import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { findBuiltProgram } from './built-program.ts';

/** How a process ended: by its own exit code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A whole gateway in a process of its own, started as its users start it. */
export interface GatewayProcess {
  /** Where it listens: `http://127.0.0.1:40123`. */
  readonly url: string;
  readonly graphqlUrl: string;
  readonly webSocketUrl: string;
  readonly ended: Promise<ProcessEnd>;
  /** Every line that it wrote so far. */
  readonly logLines: readonly string[];
  /** Resolves when a line of its log says this, now or later; rejects when it ends without. */
  hasLogged(text: string): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** `kill -9`. */
  kill(): Promise<void>;
}

export type Environment = Readonly<Record<string, string>>;

export interface GatewayLimits {
  /** Of files and connections together, as `ulimit -n` sets it. */
  readonly maxOpenFiles?: number;
}

/**
 * @param life once aborted, the process is killed, even while it starts
 * @throws when it ends before it listens, with what it said
 */
export async function startGatewayProcess(
  env: Environment,
  life?: AbortSignal,
  limits: GatewayLimits = {},
): Promise<GatewayProcess> {
  const command = [process.execPath, await findBuiltProgram(), '--port', '0'];
  const limit = limits.maxOpenFiles === undefined ? '' : `ulimit -n ${limits.maxOpenFiles}; `;
  const child = spawn('sh', ['-c', `${limit}exec "$@"`, 'sh', ...command], {
    cwd: env['HOME'] ?? tmpdir(), // no `.env` and no data of the checkout gets in
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);
  life?.addEventListener('abort', killWithUs);
  const ended = once(child, 'close').then(([code, signal]): ProcessEnd => {
    process.off('exit', killWithUs);
    life?.removeEventListener('abort', killWithUs);
    return { code, signal };
  });
  const log = collectLines(child.stdout, child.stderr);

  const hasLogged = async (text: string): Promise<string> => {
    const line = await Promise.race([log.whenIncludes(text), ended.then(() => null)]);
    if (line === null) throw new Error(`The gateway ended without saying "${text}": ${log.lines.join('\n')}`);
    return line;
  };
  const { url } = JSON.parse(await hasLogged('"listening"')) as { readonly url: string };
  const graphqlUrl = `${url}/graphql`;

  return {
    url,
    graphqlUrl,
    webSocketUrl: graphqlUrl.replace('http', 'ws'),
    ended,
    logLines: log.lines,
    async hasLogged(text) {
      await hasLogged(text);
    },
    signal: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function collectLines(...streams: readonly NodeJS.ReadableStream[]) {
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  for (const input of streams)
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      for (const look of [...waiting]) look(line);
    });

  const whenIncludes = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const said = lines.find((line) => line.includes(text));
      if (said !== undefined) return resolve(said);
      const look = (line: string) => {
        if (!line.includes(text)) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
    });
  return { lines, whenIncludes };
}
