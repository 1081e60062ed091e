import type { Config } from '../config.ts';

/** One clear sentence about why the gateway could not start; it says what to change. */
export function describeStartError(error: unknown, { server }: Config): string {
  const { code, syscall, hostname } = (error instanceof Error ? error : {}) as NodeJS.ErrnoException & {
    readonly hostname?: string;
  };
  const isAboutListening = syscall === 'listen' || hostname === server.host;
  if (isAboutListening && code === 'EADDRINUSE')
    return `Port ${server.port} on ${server.host} is in use: set PORT or --port to another one.`;
  if (isAboutListening && code === 'EACCES')
    return `Port ${server.port} may not be listened on: ports below 1024 need a privilege. Set PORT or --port.`;
  if (isAboutListening) return `HOST=${server.host} is not an address of this machine.`;
  return error instanceof Error ? error.message : String(error);
}
