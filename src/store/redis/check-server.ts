import type { Logger } from '../../logger.ts';
import type { Connection } from './connection.ts';

const OLDEST_MAJOR_VERSION = 7;

/** What the server must be set to, so that nothing acknowledged is lost; and what happens otherwise. */
const NEEDED_SETTINGS = [
  { name: 'appendonly', value: 'yes', risk: 'a restart of Redis loses what was acknowledged' },
  { name: 'appendfsync', value: 'always', risk: 'a crash of its machine loses the last second' },
  { name: 'maxmemory-policy', value: 'noeviction', risk: 'Redis may drop reports when its memory is full' },
] as const;

/**
 * Looks whether the server keeps what it acknowledges. Settings that are missing are warned of, by name.
 *
 * @throws when the server is too old
 */
export async function checkServer(connection: Connection, serverName: string, logger: Logger): Promise<void> {
  const about = String(await connection.command('INFO', 'server'));
  const version = /^redis_version:(\S+)/m.exec(about)?.[1];
  if (version !== undefined && Number.parseInt(version, 10) < OLDEST_MAJOR_VERSION) {
    throw new Error(
      `Redis at ${serverName} is version ${version}; ${OLDEST_MAJOR_VERSION}.0 or newer is needed.`,
    );
  }
  const settings = await readSettings(connection);
  if (settings === null) {
    logger.warn(
      { server: serverName },
      'Redis does not show its settings: see docs/store.md for those it needs',
    );
    return;
  }
  for (const { name, value, risk } of NEEDED_SETTINGS) {
    const actual = settings.get(name);
    if (actual === value) continue;
    logger.warn(
      { server: serverName, setting: name, actual, needed: value },
      `Redis is not durable: ${risk}`,
    );
  }
}

/** Null when the server keeps them to itself, as hosted ones do. */
async function readSettings(connection: Connection): Promise<ReadonlyMap<string, string> | null> {
  const names = NEEDED_SETTINGS.map(({ name }) => name);
  try {
    const reply = (await connection.command('CONFIG', 'GET', ...names)) as string[];
    return new Map(names.map((name) => [name, reply[reply.indexOf(name) + 1] ?? '']));
  } catch {
    return null;
  }
}
