import { WebSocket } from 'ws';
import { type Answer, type AskOptions, patienceFor, toAnswer } from './ask.ts';

interface Frame {
  readonly type?: string;
  readonly payload?: unknown;
}

/**
 * The whole life of a socket: `connection_init`, one operation, and what came of it.
 *
 * @param payload JSON
 */
export function askOverSocket({ url, token, headers = {} }: AskOptions, payload: string): Promise<Answer> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
    headers: { ...headers },
  });
  const init = { type: 'connection_init', ...(token !== null && { payload: { token } }) };
  const frames: string[] = [];
  let answered: Frame | null = null;

  return new Promise((resolve) => {
    let silence: NodeJS.Timeout | undefined;
    const finish = (status: number) => {
      clearTimeout(silence);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.terminate();
      resolve(toAnswer(status, frames.join('\n'), responseIn(answered)));
    };
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(() => finish(200), patienceFor(payload));
    };
    const onFrame = (text: string) => {
      frames.push(text);
      const frame: Frame = JSON.parse(text);
      if (frame.type === 'connection_ack')
        socket.send(`{"type":"subscribe","id":"1","payload":${payload}}`, listen);
      else if (frame.type === 'next') {
        answered ??= frame;
        listen();
      } else if (frame.type === 'error') {
        answered ??= frame;
        finish(200);
      } else if (frame.type === 'complete') finish(200);
    };
    socket.on('open', () => socket.send(JSON.stringify(init)));
    socket.on('message', (data) => onFrame(String(data)));
    socket.on('unexpected-response', (_request, response) => finish(response.statusCode ?? 0));
    socket.on('close', (code) => finish(code));
    socket.on('error', () => finish(0));
  });
}

/** As HTTP would say it: the payload of `next`, or the errors of `error`. */
function responseIn(frame: Frame | null): string {
  if (frame === null) return '';
  return JSON.stringify(frame.type === 'error' ? { errors: frame.payload } : frame.payload);
}
