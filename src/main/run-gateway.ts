import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { createLogger, type Logger } from '../logger.ts';
import { type Gateway, startGateway } from '../start-gateway.ts';
import { writeBanner } from './banner.ts';
import { describeStartError } from './describe-start-error.ts';
import { listSecrets } from './list-secrets.ts';
import { readPackageVersion } from './package-version.ts';
import { watchParent } from './parent-watch.ts';

/** Starts the gateway and stays until a signal ends it. Resolves with the exit code when it could not start. */
export async function runGateway(config: Config, seed: number | null): Promise<number> {
  const logger = createLogger(config.logLevel, { secrets: listSecrets(config) });
  survivePromisesThatNobodyAwaits(logger);
  for (const warning of config.warnings) logger.warn(warning);
  const starting = startGateway(config, { logger, simulator: seed === null ? {} : { seed } });
  // Before it says that it listens: whoever waits for that may want it to end at once.
  drainOnSignals(starting, logger, config.server);
  try {
    announce(await starting, config, logger);
  } catch (error) {
    process.stderr.write(`The gateway could not start. ${describeStartError(error, config)}\n`);
    logger.debug({ err: error }, 'could not start');
    // Whatever was opened before the failure must not keep the process.
    return process.exit(1);
  }
  return 0;
}

function announce(gateway: Gateway, config: Config, logger: Logger): void {
  const { url, adminUrl, simulator } = gateway;
  const version = readPackageVersion();
  if (config.mode === 'sandbox' || process.stdout.isTTY)
    process.stdout.write(
      writeBanner({ config, version, url, adminUrl, simulatorUrl: simulator?.url ?? null }),
    );
  logger.info({ version, mode: config.mode, url, ...(adminUrl !== null && { adminUrl }) }, 'listening');
}

/** After the drain of the server: what the hub, the store and the providers may take to close. */
const CLOSING_MS = 4000;

/** The first signal drains, once the gateway has started; a second one ends the process at once. */
function drainOnSignals(
  starting: Promise<Gateway>,
  logger: Logger,
  { drainTimeoutMs, drainNoticeMs }: Config['server'],
): void {
  const longestMs = drainTimeoutMs + CLOSING_MS;
  const drain = async () => {
    const gateway = await starting;
    gateway.retire();
    await sleep(drainNoticeMs);
    await gateway.drain();
  };
  let isDraining = false;
  const stop = (reason: string, exitCode: number) => {
    if (isDraining) process.exit(exitCode);
    isDraining = true;
    logger.info({ reason }, 'draining: a second signal ends at once');
    setTimeout(() => {
      logger.error({ longestMs }, 'the drain took too long: ending');
      process.exit(1);
    }, longestMs).unref();
    drain().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'the drain failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM', 128 + 15));
  process.on('SIGINT', () => stop('SIGINT', 128 + 2));
  watchParent(() => isDraining || stop('the shell in which npm started this has ended', 128 + 15));
}

/**
 * A rejected promise that nobody awaited leaves no half-done work behind: it is told and survived. An exception that
 * nobody caught may have: the process ends, and what it had acknowledged is on disk.
 */
function survivePromisesThatNobodyAwaits(logger: Logger): void {
  process.on('unhandledRejection', (reason) => logger.error({ err: reason }, 'a promise failed unobserved'));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'an exception was not caught: ending');
    process.exit(1);
  });
}
