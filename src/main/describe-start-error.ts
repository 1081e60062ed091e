import type { Config } from '../config.ts';

/** One clear sentence about why the gateway could not start; it says what to change. */
export function describeStartError(error: unknown, { server }: Config): string {
  const place = `${server.host}:${server.port}`;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${server.port} on ${server.host} is in use: set PORT or --port to another one.`;
    case 'EACCES':
      return `${place} may not be listened on: ports below 1024 need a privilege; or a folder of STORE_URL is not writable.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${server.host} is not an address of this machine.`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
