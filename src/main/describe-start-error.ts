import type { Config } from '../config.ts';

/** One clear sentence about why the gateway could not start; it says what to change. */
export function describeStartError(error: unknown, { server }: Config): string {
  const failure = (error instanceof Error ? error : {}) as ListenFailure;
  const { code, syscall, hostname } = failure;
  const { host, port, hostName, portName } = addressOf(failure, server);
  const isAboutListening = syscall === 'listen' || hostname === host;
  if (isAboutListening && code === 'EADDRINUSE')
    return `Port ${port} on ${host} is in use: set ${portName} to another one.`;
  if (isAboutListening && code === 'EACCES')
    return `Port ${port} may not be listened on: ports below 1024 need a privilege. Set ${portName}.`;
  if (isAboutListening) return `${hostName}=${host} is not an address of this machine.`;
  return error instanceof Error ? error.message : String(error);
}

interface ListenFailure extends NodeJS.ErrnoException {
  readonly hostname?: string;
  readonly address?: string;
  readonly port?: number;
}

/** The public port is taken first: what names the address of the admin port, and not that one, is about the admin port. */
function addressOf({ hostname, address, port }: ListenFailure, { admin, ...main }: Config['server']) {
  const isOf = (place: Pick<Config['server'], 'host' | 'port'>) =>
    hostname === place.host || (port === place.port && (address === undefined || address === place.host));
  if (admin !== null && isOf(admin) && !isOf(main))
    return { ...admin, hostName: 'ADMIN_HOST', portName: 'ADMIN_PORT' };
  return { ...main, hostName: 'HOST', portName: 'PORT or --port' };
}
