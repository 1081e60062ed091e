import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
  /** Where this machine reaches the server, without a trailing slash. */
  readonly url: string;
  readonly port: number;
}

/** @param address port 0 takes a free one */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  server.listen(port, host);
  await once(server, 'listening'); // rejects on 'error'
  const bound = server.address() as AddressInfo;
  return { url: `http://${reachableHost(host)}:${bound.port}`, port: bound.port };
}

/** "All interfaces" is nothing to connect to. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
