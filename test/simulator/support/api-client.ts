import type { Simulator } from '../../../src/simulator/simulator.ts';
import type { AnswerBody } from './answer-body.ts';
import { KEY } from './start-for-test.ts';

export interface CallOptions {
  readonly method?: string;
  /** Null: without a key. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text goes as it is, anything else as JSON. */
  readonly body?: unknown;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: AnswerBody;
}

/** Bodies that are not JSON have no members. */
const parse = (text: string): AnswerBody => {
  try {
    return JSON.parse(text);
  } catch {
    return {} as AnswerBody;
  }
};

/** One call to the simulator, answer and all. */
export async function callApi(
  simulator: Simulator,
  path: string,
  { method = 'GET', key = KEY, headers = {}, body }: CallOptions = {},
): Promise<ApiAnswer> {
  const response = await fetch(`${simulator.url}${path}`, {
    method,
    headers: { ...(key === null ? {} : { 'X-API-Key': key }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

export const sendMessage = (
  simulator: Simulator,
  to: readonly string[],
  { message = 'Hello!', senderId = 'MyApp', key = KEY } = {},
): Promise<ApiAnswer> =>
  callApi(simulator, '/sms/send', { method: 'POST', key, body: { to, message, sender_id: senderId } });

/** Sends one message to one number and returns its id. */
export async function sendOne(simulator: Simulator, recipient: string, key: string = KEY): Promise<string> {
  const { body } = await sendMessage(simulator, [recipient], { key });
  const messageId = body.messages[0]?.message_id;
  if (messageId === undefined) throw new Error('The message was not accepted.');
  return messageId;
}

export const statusOf = async (simulator: Simulator, messageId: string, key: string = KEY) =>
  (await callApi(simulator, `/sms/status/${messageId}`, { key })).body.message;
