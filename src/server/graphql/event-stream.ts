import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type EncodedEvent, StreamError } from '../engine/result-encoder.ts';
import type { HttpExchange } from '../http/http-exchange.ts';

export type StreamedEvent = Pick<EncodedEvent, 'body' | 'cursor'>;

/** Proxies cut connections that stay silent for half a minute or more. */
const HEARTBEAT_MS = 12_000;

/**
 * Sends events as Server-Sent Events (the "distinct connections" mode of GraphQL over SSE): `next` for each, `complete`
 * at the end. Each `next` carries the event's cursor as its `id`, which a browser hands back as `Last-Event-ID`.
 * Waits while the caller does not read, so that the hub's queue decides when it is too slow.
 *
 * @param exchange.response its `close` ends the events at once
 */
export async function sendEventStream(
  exchange: HttpExchange,
  events: AsyncIterableIterator<StreamedEvent>,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { response, requestId } = exchange;
  const stop = () => void events.return?.();
  response.once('close', stop);
  if (response.destroyed) return stop();
  response.writeHead(200, {
    'x-request-id': requestId,
    'x-content-type-options': 'nosniff',
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no', // nginx would hold events back
    ...headers,
  });
  response.write(':\n\n'); // headers go out at once: the caller knows that it is subscribed
  const heartbeat = setInterval(() => response.writableNeedDrain || response.write(':\n\n'), HEARTBEAT_MS);
  try {
    await pump(response, events);
  } finally {
    clearInterval(heartbeat);
    response.off('close', stop);
    response.end();
  }
}

async function pump(response: ServerResponse, events: AsyncIterableIterator<StreamedEvent>): Promise<void> {
  try {
    for await (const event of events) {
      // After a drain began, no `complete` either: to the client that would be the end of its subscription.
      if (response.destroyed || response.writableEnded) return;
      if (!response.write(formatEvent(event))) await drained(response);
    }
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
    response.write(formatEvent({ body: JSON.stringify({ errors: error.errors }), cursor: null }));
  }
  if (!response.writableEnded) response.write('event: complete\ndata:\n\n');
}

const formatEvent = ({ body, cursor }: StreamedEvent): string =>
  cursor === null ? `event: next\ndata: ${body}\n\n` : `event: next\nid: ${cursor}\ndata: ${body}\n\n`;

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const gone = new AbortController();
  const giveUp = () => gone.abort();
  response.once('close', giveUp);
  await once(response, 'drain', { signal: gone.signal }).catch(() => {});
  response.off('close', giveUp);
}
