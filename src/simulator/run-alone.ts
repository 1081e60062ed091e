import { parseArgs } from 'node:util';
import { SANDBOX_ACCOUNT, SANDBOX_API_KEY } from './accounts/sandbox-account.ts';
import type { SimulatorAccount } from './accounts/simulator-account.ts';
import { MAGIC_NUMBERS } from './delivery/magic-numbers.ts';
import { type Simulator, startSimulator } from './simulator.ts';

const DEFAULT_PORT = 4100;
const DEFAULT_SEED = 1;
const MAX_PORT = 65_535;

const OPTIONS = {
  simulator: { type: 'boolean' },
  port: { type: 'string' },
  seed: { type: 'string' },
  'webhook-url': { type: 'string' },
  'webhook-secret': { type: 'string' },
} as const;

function readNumber(name: string, text: string | undefined, fallback: number, most: number): number {
  if (text === undefined) return fallback;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || value > most) throw new Error(`--${name} must be a whole number up to ${most}.`);
  return value;
}

function accountFor(deliveryUrl: string | undefined, signingSecret: string | undefined): SimulatorAccount {
  if (deliveryUrl === undefined) {
    if (signingSecret !== undefined) throw new Error('--webhook-secret goes with --webhook-url.');
    return SANDBOX_ACCOUNT;
  }
  if (!URL.canParse(deliveryUrl)) throw new Error('--webhook-url must be an address.');
  return { ...SANDBOX_ACCOUNT, webhook: { deliveryUrl, ...(signingSecret && { signingSecret }) } };
}

const magicNumberLines = MAGIC_NUMBERS.map(({ number, outcome }) => `  ${number}  ${outcome}`);

/** What somebody at a terminal needs to know. */
const bannerOf = (simulator: Simulator, deliveryUrl: string | undefined): string =>
  [
    'SMS provider simulator: in memory, nothing is really sent.',
    '',
    `  Base URL      ${simulator.url}`,
    `  API key       ${SANDBOX_API_KEY}`,
    `  Reports go to ${deliveryUrl ?? '(nowhere: give --webhook-url)'}`,
    `  Faults        POST, GET, DELETE ${simulator.faultsUrl}`,
    '',
    `  curl -H 'X-API-Key: ${SANDBOX_API_KEY}' ${simulator.url}/user/balance`,
    '',
    'Recipients that force an outcome:',
    ...magicNumberLines,
    '',
  ].join('\n');

/**
 * Runs the simulator by itself and prints where it is.
 *
 * @param argv the arguments after the program's name, such as `['--port', '4100', '--seed', '7']`
 * @throws Error with a sentence for the user when an argument is wrong or the port is taken
 */
export async function runSimulatorAlone(argv: readonly string[]): Promise<Simulator> {
  const { values } = parseArgs({ args: [...argv], options: OPTIONS });
  const deliveryUrl = values['webhook-url'];
  const simulator = await startSimulator({
    port: readNumber('port', values.port, DEFAULT_PORT, MAX_PORT),
    seed: readNumber('seed', values.seed, DEFAULT_SEED, 2 ** 32 - 1),
    accounts: [accountFor(deliveryUrl, values['webhook-secret'])],
  });
  process.stdout.write(bannerOf(simulator, deliveryUrl));
  return simulator;
}
