import { createServer, type RequestListener } from 'node:http';

export interface ListeningServer {
  /** `http://127.0.0.1:41234` */
  readonly origin: string;
  /** Cuts every connection and frees the port. */
  close(): Promise<void>;
}

/** Idle connections are kept longer than any client keeps its own, so that no reuse meets a closing one. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** @throws when the port is taken */
export async function listen(handler: RequestListener, host: string, port: number): Promise<ListeningServer> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS }, handler);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  const hostInUrl = host.includes(':') ? `[${host}]` : host;

  return {
    origin: `http://${hostInUrl}:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
