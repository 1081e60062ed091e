import http from 'node:http';
import https from 'node:https';

export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

/** What became of a POST; `httpStatus` is null when no answer came. */
export interface PostResult {
  readonly httpStatus: number | null;
  readonly error: string | null;
}

export interface HttpPoster {
  post(request: PostRequest): Promise<PostResult>;
  /** Ends what is under way. */
  close(): void;
}

/** More at once would only queue up at the receiver. */
const MAX_CONNECTIONS = 64;

/** Posts over kept-alive connections, follows no redirect, and never throws. */
export function createHttpPoster(): HttpPoster {
  const pooling = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
  const agents = { plain: new http.Agent(pooling), tls: new https.Agent(pooling) };
  const underWay = new Set<http.ClientRequest>();
  let isClosed = false;

  function open(target: URL, headers: PostRequest['headers']): http.ClientRequest {
    const options = { method: 'POST', headers };
    const request =
      target.protocol === 'https:'
        ? https.request(target, { ...options, agent: agents.tls })
        : http.request(target, { ...options, agent: agents.plain });
    underWay.add(request);
    request.once('close', () => underWay.delete(request));
    return request;
  }

  return {
    async post({ url, headers, body, timeoutMs }) {
      if (isClosed) return { httpStatus: null, error: 'closed' };
      const request = open(new URL(url), headers);
      const result = await finish(request, body, timeoutMs);
      const metClosingConnection = request.reusedSocket && result.error === 'ECONNRESET' && !isClosed;
      return metClosingConnection ? finish(open(new URL(url), headers), body, timeoutMs) : result;
    },
    close() {
      isClosed = true;
      for (const request of underWay) request.destroy(new Error('closed'));
      agents.plain.destroy();
      agents.tls.destroy();
    },
  };
}

/** The time for the answer runs from when a connection is there, not while the request waits for one. */
function finish(request: http.ClientRequest, body: string, timeoutMs: number): Promise<PostResult> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const settle = (result: PostResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    request.once('socket', () => {
      timer = setTimeout(() => request.destroy(new Error('timeout')), timeoutMs);
      timer.unref();
    });
    request.once('response', (response) => {
      response.resume();
      settle({ httpStatus: response.statusCode ?? null, error: null });
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      settle({ httpStatus: null, error: error.code ?? error.message });
    });
    request.end(body);
  });
}
