import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema } from 'graphql';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findBuiltProgram } from './support/built-program.ts';
import { portOf } from './support/port-of.ts';
import { postReport } from './support/signed-report.ts';

let program: string;
let folder: string;
const running: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  program = await findBuiltProgram();
}, 60_000);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'main-'));
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command line in a folder of its own, so that no `.env` and no data of the checkout gets in. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
  });
  running.push(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    output.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.err += chunk;
  });
  const exited = once(child, 'close').then(([code]) => ({ code, ...output }));
  return { child, output, exited };
}

/** Resolves when the output holds the text. */
function saysOut({ child, output }: ReturnType<typeof run>, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => output.out.includes(text) && resolve();
    child.stdout.on('data', look);
    child.once('close', () =>
      reject(new Error(`It ended without saying "${text}": ${output.out}${output.err}`)),
    );
    look();
  });
}

const urlIn = (text: string): string => /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? 'no url';

describe('the command line', () => {
  it('explains itself', async () => {
    const { code, out } = await run(['--help']).exited;
    expect(code).toBe(0);
    for (const option of [
      '--port',
      '--check-config',
      '--print-schema',
      '--dead-letters',
      '--simulator',
      '--seed',
      '--version',
    ])
      expect(out).toContain(option);
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(await run(['--version']).exited).toMatchObject({ code: 0, out: `${version}\n` });
  });

  it.each([
    [['--frobnicate'], "Unknown option '--frobnicate'. See --help.\n"],
    [['--seed', 'x'], '--seed must be a whole number. See --help.\n'],
    [['start'], /^Unexpected argument 'start'\. .*See --help\.\n$/],
  ])('refuses %j', async (args, err) => {
    expect(await run(args).exited).toMatchObject({
      code: 2,
      err: typeof err === 'string' ? err : expect.stringMatching(err),
    });
  });

  it('prints the schema', async () => {
    const { code, out } = await run(['--print-schema']).exited;
    expect(code).toBe(0);
    expect(out).toContain('type Mutation {');
    expect(() => buildSchema(out)).not.toThrow();
  });
});

describe('an old Node', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

  /** The command line, run by what says that it is that version. */
  const runOn = (version: string) => {
    const preload = join(folder, 'preload.cjs');
    const value = `{ value: ${JSON.stringify(version)} }`;
    writeFileSync(
      preload,
      `Object.defineProperty(process.versions, 'node', ${value});\n` +
        `Object.defineProperty(process, 'version', { value: 'v${version}' });\n`,
    );
    return run(['--version'], { NODE_OPTIONS: `--require ${preload}` }).exited;
  };

  it.each(['18.20.8', '20.18.3', '16.20.2'])('as %s gets one sentence', async (version) => {
    const [, least = ''] = /^>=(.*)$/.exec(engines.node) ?? [];
    expect(await runOn(version)).toEqual({
      code: 1,
      out: '',
      err: `The gateway needs Node ${least} or later: this is ${version}.\n`,
    });
  });

  it.each(['20.19.0', '22.1.0'])('is not what %s is', async (version) => {
    expect(await runOn(version)).toMatchObject({ code: 0, err: '' });
  });
});

it('ends in peace when whoever reads its output has seen enough', async () => {
  const schema = run(['--print-schema']);
  schema.child.stdout.destroy();
  expect(await schema.exited).toMatchObject({ code: 0, err: '' });
});

describe('the settings', () => {
  it('are checked without starting, all problems at once and without a value', async () => {
    const env = { SMS_API_KEY: 'sk_prod_canary', PORT: 'canary' };
    const { code, out, err } = await run(['--check-config'], env).exited;
    expect(code).toBe(1);
    for (const name of ['PORT', 'WEBHOOK_SECRETS', 'AUTH_JWT_SECRET', '.env.example'])
      expect(err).toContain(name);
    expect(out + err).not.toContain('canary');
  });

  it('stop the start when they are wrong', async () => {
    const { code, err } = await run([], {
      SMS_API_KEY: 'sk_prod_canary',
      WEBHOOK_SECRETS: 'a-secret-of-the-webhook',
    }).exited;
    expect(code).toBe(1);
    expect(err).toContain('Callers are not authenticated');
  });

  it('come from .env too, and what is set outright wins', async () => {
    writeFileSync(join(folder, '.env'), 'GUARDS=off\nSTORE_URL=file:./from-file\nHOST=::1\n');
    const { code, out } = await run(['--check-config', '--port', '0'], { GUARDS: 'enforce' }).exited;
    expect(code).toBe(0);
    expect(out).toMatch(/guards\s+enforce/);
    expect(out).toMatch(/store\s+file:\.\/from-file/);
    expect(out).toMatch(/listens on\s+::1/);
  });
});

describe('the gateway', { timeout: 60_000 }, () => {
  it('starts as a sandbox without settings, tells every address, and runs the line to paste', async () => {
    const gateway = run(['--port', '0', '--seed', '7']);
    await saysOut(gateway, '"listening"');
    const { out } = gateway.output;
    for (const text of [
      '/graphql',
      'ws://',
      '/webhooks/delivery',
      '/healthz',
      '/readyz',
      '/metrics',
      '/api/v1',
    ])
      expect(out).toContain(text);
    const line = out.split('\n').find((candidate) => candidate.trim().startsWith('curl ')) ?? '';
    const [, url = '', body = ''] = /curl (\S+) .* -d '(.*)'$/.exec(line.trim()) ?? [];
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(await response.json()).toMatchObject({
      data: { sendSms: { __typename: 'SendResult', recipients: [{ status: 'ACCEPTED' }] } },
    });
  });

  it('refuses a folder that another gateway uses, and ends in peace on SIGTERM', async () => {
    const first = run(['--port', '0']);
    await saysOut(first, '"listening"');
    const { code, err } = await run(['--port', '0']).exited;
    expect(code).toBe(1);
    expect(err).toMatch(/^The gateway could not start\. .*data/);
    first.child.kill('SIGTERM');
    expect(await first.exited).toMatchObject({ code: 0, err: '' });
  });

  it('ends at once on a second signal, whatever is still running', async () => {
    const gateway = run(['--port', '0']);
    await saysOut(gateway, '"listening"');
    const { port, hostname } = new URL(urlIn(gateway.output.out));
    const half = connect(Number(port), hostname).on('error', () => {});
    half.write(
      'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    await once(half, 'connect');
    // Answered after the half request was taken in: from here on the drain has something to wait for.
    await fetch(`${urlIn(gateway.output.out)}/healthz`);
    gateway.child.kill('SIGTERM');
    await saysOut(gateway, 'draining');
    gateway.child.kill('SIGTERM');
    expect((await gateway.exited).code).toBe(128 + 15);
    half.destroy();
  });

  it('says in one sentence that its port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const port = portOf(other);
    const { code, err } = await run(['--port', String(port)]).exited;
    other.close();
    expect(code).toBe(1);
    expect(err).toBe(
      `The gateway could not start. Port ${port} on 127.0.0.1 is in use: set PORT or --port to another one.\n`,
    );
  });
});

describe('reports that could not be read', { timeout: 60_000 }, () => {
  const secret = 'a-secret-of-the-webhook';
  const env = {
    ...{ SMS_API_URL: 'http://127.0.0.1:1/api/v1', SMS_API_KEY: 'sk_test_of_the_test', AUTH: 'none' },
    ...{ WEBHOOK_SECRETS: secret, PORT: '0' },
  };

  it('are printed as they came once the gateway is stopped', async () => {
    const gateway = run([], env);
    await saysOut(gateway, '"listening"');
    const url = urlIn(gateway.output.out);
    for (const status of ['DELIVRD', 'UNDELIV'])
      expect(await postReport(url, { messageId: '', status }, secret)).toBe(204);
    const early = await run(['--dead-letters'], env).exited;
    expect(early).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^The store could not be read\. .*in use/),
    });
    gateway.child.kill('SIGTERM');
    await gateway.exited;

    const { code, out, err } = await run(['--dead-letters'], env).exited;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const letters = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(letters).toMatchObject([
      {
        workspace: 'default',
        reason: expect.stringContaining('message_id'),
        receivedAt: expect.stringMatching(/Z$/),
      },
      { workspace: 'default', reason: expect.stringContaining('message_id') },
    ]);
    expect(letters.map(({ body }) => JSON.parse(body).status)).toEqual(['UNDELIV', 'DELIVRD']);
  });

  it('are none where nothing was ever kept', async () => {
    expect(await run(['--dead-letters'], env).exited).toEqual({ code: 0, out: '', err: '' });
  });
});

describe('the simulator', () => {
  it('runs alone and ends on a signal', async () => {
    const simulator = run(['--simulator', '--port', '0']);
    await saysOut(simulator, 'curl');
    const [, key = ''] = /API key\s+(\S+)/.exec(simulator.output.out) ?? [];
    const response = await fetch(`${urlIn(simulator.output.out)}/api/v1/user/balance`, {
      headers: { 'x-api-key': key },
    });
    expect(await response.json()).toMatchObject({ currency: 'EUR' });
    simulator.child.kill('SIGINT');
    expect((await simulator.exited).code).toBe(0);
  });
});
