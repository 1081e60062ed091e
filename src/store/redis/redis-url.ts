/** What a `redis://` URL says, apart from how to connect. */
export interface RedisTarget {
  /** The URL for the client: server, user, password and database. */
  readonly connectUrl: string;
  /** Host and port, for messages: no secret in it. */
  readonly serverName: string;
  /** Begins every key, so that several gateways can share one database. */
  readonly keyPrefix: string;
  /** How many replicas must have a report before it is acknowledged. */
  readonly replicas: number;
}

const DEFAULT_PREFIX = 'sms-gateway:';
const DEFAULT_PORT = '6379';

/**
 * Reads `redis://user:password@host:port/db?prefix=…&replicas=1`; `rediss:` is the same over TLS.
 *
 * @throws when it cannot be used; the message holds no part of the URL that could be a secret
 */
export function parseRedisUrl(text: string): RedisTarget {
  const url = readUrl(text);
  const { searchParams } = url;
  const unknown = [...searchParams.keys()].find((name) => name !== 'prefix' && name !== 'replicas');
  if (unknown !== undefined)
    throw new Error('STORE_URL: only ?prefix= and ?replicas= may follow the server.');
  const replicas = Number(searchParams.get('replicas') ?? 0);
  if (!Number.isInteger(replicas) || replicas < 0) {
    throw new Error('STORE_URL: replicas must be a whole number, 0 or more.');
  }
  const keyPrefix = searchParams.get('prefix') ?? DEFAULT_PREFIX;
  const serverName = `${url.hostname}:${url.port || DEFAULT_PORT}`;
  url.search = '';
  return { connectUrl: url.href, serverName, keyPrefix, replicas };
}

function readUrl(text: string): URL {
  if (!URL.canParse(text))
    throw new Error('STORE_URL is no URL: use redis://host:6379 or rediss://host:6379');
  const url = new URL(text);
  if (url.hostname === '') throw new Error('STORE_URL names no host: use redis://host:6379');
  if (!/^\/?\d*$/.test(url.pathname))
    throw new Error('STORE_URL: the path must be the number of a database.');
  return url;
}
