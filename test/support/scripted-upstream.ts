import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as the provider would see it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the query string, with `/api/v1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Script = (
  request: SeenRequest,
  response: ServerResponse,
  /** How many requests came before. */
  index: number,
) => void | Promise<void>;

/** A real HTTP server on loopback that answers as a test says, and remembers what it was asked. */
export interface ScriptedUpstream {
  readonly baseUrl: string;
  readonly requests: readonly SeenRequest[];
  /** Answers from now on. */
  script(next: Script): void;
  /** Resolves when that many requests have come in all. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function startScriptedUpstream(first: Script): Promise<ScriptedUpstream> {
  const requests: SeenRequest[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  let script = first;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://upstream');
    const seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: await text(request),
    };
    const index = requests.push(seen) - 1;
    for (const { count, resolve } of waiting) if (requests.length >= count) resolve();
    await script(seen, response, index);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    baseUrl: `http://127.0.0.1:${port}/api/v1`,
    requests,
    script(next) {
      script = next;
    },
    received: (count) =>
      new Promise((resolve) => {
        if (requests.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Script =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** The provider's error envelope. */
export const refusal = (status: number, errorCode: string, more: Record<string, unknown> = {}): Script =>
  json({ status: false, error_code: errorCode, description: 'secret detail +15550001111', ...more }, status);

/** Takes the request in whole, then cuts the connection. */
export const cut: Script = (_request, response) => {
  response.socket?.destroy();
};

/** Answers with each of the scripts once, then with the last one for ever. */
export const inTurn =
  (...scripts: readonly Script[]): Script =>
  (request, response, index) =>
    scripts[Math.min(index, scripts.length - 1)]?.(request, response, index);
