#!/usr/bin/env node
import type { Config } from './config.ts';
import type { Command } from './main/arguments.ts';

// Nothing is loaded before it is needed: --help answers at once, and an old Node gets a sentence before it meets what it
// does not know.

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;

refuseOldNode({ major: 20, minor: 19 }); // as `engines` of package.json says
const { HELP, parseCommand } = await import('./main/arguments.ts');
const command = parseCommand(process.argv.slice(2));
if (command.kind !== 'start' && command.kind !== 'simulator') endQuietlyWithReader();
process.exitCode = await run(command);

function refuseOldNode(least: { readonly major: number; readonly minor: number }): void {
  const version = process.versions.node;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > least.major || (major === least.major && minor >= least.minor)) return;
  process.stderr.write(
    `The gateway needs Node ${least.major}.${least.minor} or later: this is ${version}.\n`,
  );
  process.exit(EXIT_FAILURE);
}

/** Whoever reads our output may have seen enough: `--print-schema | head`. */
function endQuietlyWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

async function run(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'version':
      return printVersion();
    case 'check-config':
      return checkSettings();
    case 'print-schema':
      return printSchema();
    case 'dead-letters':
      return listDeadLetters();
    case 'simulator':
      return runSimulator(command.argv);
    case 'start':
      return start(command.port, command.seed);
    case 'mistake':
      process.stderr.write(`${command.sentence} See --help.\n`);
      return EXIT_USAGE;
    default:
      return command satisfies never;
  }
}

async function printVersion(): Promise<number> {
  const { readPackageVersion } = await import('./main/package-version.ts');
  process.stdout.write(`${readPackageVersion()}\n`);
  return 0;
}

async function checkSettings(): Promise<number> {
  return withSettings(null, async (config) => {
    const { describeConfig } = await import('./main/check-config.ts');
    process.stdout.write(describeConfig(config));
    return 0;
  });
}

async function printSchema(): Promise<number> {
  const { printSchemaSorted } = await import('./schema/print-schema.ts');
  process.stdout.write(printSchemaSorted());
  return 0;
}

async function listDeadLetters(): Promise<number> {
  return withSettings(null, async (config) => {
    const { printDeadLetters } = await import('./main/print-dead-letters.ts');
    return printDeadLetters(config, process.stdout, process.stderr);
  });
}

async function runSimulator(argv: readonly string[]): Promise<number> {
  const { runSimulator: run } = await import('./main/run-simulator.ts');
  return run(argv);
}

async function start(port: string | null, seed: number | null): Promise<number> {
  return withSettings(port, async (config) => {
    const { runGateway } = await import('./main/run-gateway.ts');
    return runGateway(config, seed);
  });
}

/** Goes on with the settings when they are fine; else says what is wrong with them. */
async function withSettings(port: string | null, goOn: (config: Config) => Promise<number>): Promise<number> {
  const { checkConfig } = await import('./main/check-config.ts');
  const verdict = checkConfig(readEnv(port));
  if ('config' in verdict) return goOn(verdict.config);
  process.stderr.write(verdict.complaint);
  return EXIT_FAILURE;
}

/** The environment, completed by `.env` in the working directory: what is set outright wins. */
function readEnv(port: string | null) {
  try {
    process.loadEnvFile();
  } catch {
    // There is no .env: most environments have none.
  }
  return { ...process.env, ...(port !== null && { PORT: port }) };
}
