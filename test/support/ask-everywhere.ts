import { openEventStream } from './event-stream-client.ts';
import { openRawSocket } from './raw-socket.ts';
import type { TestGateway } from './test-gateway.ts';

export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string };
  }[];
}

export const TRANSPORTS = ['HTTP', 'SSE', 'WebSocket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** One operation over one of the transports, and its first answer. */
export async function ask(
  transport: Transport,
  gateway: TestGateway,
  params: Readonly<Record<string, unknown>>,
  token: string | null = null,
): Promise<Answer> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  if (transport === 'HTTP') return (await (await gateway.post(params, headers)).json()) as Answer;
  if (transport === 'WebSocket') return askSocket(gateway, params, token);
  const stream = await openEventStream(gateway.graphqlUrl, params, headers);
  const isStream = stream.response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const text = isStream ? (await stream.next()).data : await stream.text();
  stream.close();
  return JSON.parse(text) as Answer;
}

async function askSocket(
  gateway: TestGateway,
  params: Readonly<Record<string, unknown>>,
  token: string | null,
): Promise<Answer> {
  const socket = await openRawSocket(gateway.webSocketUrl);
  socket.send({ type: 'connection_init', payload: token === null ? {} : { token } });
  await socket.next();
  socket.send({ type: 'subscribe', id: '1', payload: { query: '', ...params } });
  const frame = (await socket.next()) as { readonly type: string; readonly payload: unknown };
  socket.close();
  return frame.type === 'error'
    ? { errors: frame.payload as Answer['errors'] & object }
    : (frame.payload as Answer);
}
