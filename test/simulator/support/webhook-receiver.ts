import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ReportBody {
  readonly message_id: string;
  readonly recipient: string;
  readonly status: string;
  readonly timestamp: string;
}

export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
  readonly body: ReportBody;
}

export interface WebhookReceiver {
  readonly url: string;
  readonly received: readonly ReceivedWebhook[];
  /** What is answered from now on; `silence` never answers. */
  answerWith(status: number | 'silence'): void;
}

/** A real HTTP server that takes webhooks down; closed after the test. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  let answer: number | 'silence' = 204;

  const respond = (response: ServerResponse) => {
    if (answer !== 'silence') response.writeHead(answer).end();
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const rawBody = Buffer.concat(chunks).toString();
    received.push({ headers: request.headers, rawBody, body: JSON.parse(rawBody) });
    respond(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/reports`,
    received,
    answerWith(next) {
      answer = next;
    },
  };
}
