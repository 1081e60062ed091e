import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { SANDBOX_API_KEY } from '../../src/simulator/accounts/sandbox-account.ts';
import { MAGIC_NUMBERS } from '../../src/simulator/delivery/magic-numbers.ts';
import { runSimulatorAlone } from '../../src/simulator/run-alone.ts';
import { callApi } from './support/api-client.ts';

/** Runs it, and returns what it printed. */
async function run(...argv: readonly string[]) {
  const printed: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    const simulator = await runSimulatorAlone(argv);
    onTestFinished(() => simulator.close());
    return { simulator, banner: printed.join('') };
  } finally {
    spy.mockRestore();
  }
}

describe('the simulator alone', () => {
  it('prints where it is, its key, the fault route and every magic number', async () => {
    const { simulator, banner } = await run('--simulator', '--port', '0');
    for (const fact of [simulator.url, simulator.faultsUrl, SANDBOX_API_KEY]) expect(banner).toContain(fact);
    for (const { number, outcome } of MAGIC_NUMBERS) expect(banner).toContain(`${number}  ${outcome}`);
    expect((await callApi(simulator, '/user/balance', { key: SANDBOX_API_KEY })).status).toBe(200);
  });

  it('posts reports where it is told to, and repeats a past by its seed', async () => {
    const first = await run(
      '--port',
      '0',
      '--seed',
      '9',
      '--webhook-url',
      'http://127.0.0.1:9/x',
      '--webhook-secret',
      's',
    );
    const second = await run('--port', '0', '--seed', '9');
    const settings = await callApi(first.simulator, '/user/webhooks', { key: SANDBOX_API_KEY });
    expect(settings.body).toMatchObject({ delivery_url: 'http://127.0.0.1:9/x', signing_secret_set: true });
    const textsOf = async ({ simulator }: typeof first) =>
      (await callApi(simulator, '/sms/messages?period=30d', { key: SANDBOX_API_KEY })).body.messages.map(
        ({ recipient, message }) => [recipient, message],
      );
    expect(await textsOf(first)).toEqual(await textsOf(second));
  });

  it.each([
    [['--port', 'x'], '--port must be'],
    [['--port', '65536'], '--port must be'],
    [['--seed', '-1'], '--seed'],
    [['--webhook-url', 'nowhere'], '--webhook-url must be'],
    [['--webhook-secret', 's'], '--webhook-secret goes with'],
    [['--colour'], '--colour'],
  ])('says what is wrong with %j', async (argv, sentence) => {
    await expect(run(...argv)).rejects.toThrow(sentence);
  });
});
