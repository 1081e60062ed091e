import { openEventStream } from './event-stream-client.ts';
import { openRawSocket } from './raw-socket.ts';

export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}

/** Where to ask. */
export interface Asked {
  readonly graphqlUrl: string;
}

export const TRANSPORTS = ['HTTP', 'SSE', 'WebSocket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** One operation over one of the transports, and its first answer. */
export async function ask(
  transport: Transport,
  gateway: Asked,
  params: Readonly<Record<string, unknown>>,
  token: string | null = null,
): Promise<Answer> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  if (transport === 'HTTP') return askHttp(gateway, params, headers);
  if (transport === 'WebSocket') return askSocket(gateway, params, token);
  const stream = await openEventStream(gateway.graphqlUrl, params, headers);
  const isStream = stream.response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isStream ? (await stream.next()).data : await stream.text();
  stream.close();
  return JSON.parse(text) as Answer;
}

async function askHttp(
  { graphqlUrl }: Asked,
  params: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const response = await fetch(graphqlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(params),
  });
  return (await response.json()) as Answer;
}

async function askSocket(
  gateway: Asked,
  params: Readonly<Record<string, unknown>>,
  token: string | null,
): Promise<Answer> {
  const socket = await openRawSocket(gateway.graphqlUrl.replace('http', 'ws'));
  socket.send({ type: 'connection_init', payload: token === null ? {} : { token } });
  await socket.next();
  socket.send({ type: 'subscribe', id: '1', payload: { query: '', ...params } });
  const frame = (await socket.next()) as { readonly type: string; readonly payload: unknown };
  socket.close();
  return frame.type === 'error'
    ? { errors: frame.payload as Answer['errors'] & object }
    : (frame.payload as Answer);
}
