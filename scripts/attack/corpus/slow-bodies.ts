import { once, setMaxListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { authorize } from '../ask.ts';
import { headOf, openConnection } from '../raw-http.ts';
import { attackerToken } from '../sign-token.ts';
import type { Attack, Target } from '../target.ts';

const CONNECTIONS = 200;
const BYTE_EVERY_MS = 250;
/** Longer than any limit of the gateway for requests that do not get done: 10 s for heads and bodies, checked every 5. */
const PATIENCE_MS = 17_000;
const SHORT_MS = 1_500;

type Head = (auth: string) => string;

const UNFINISHED_HEAD: Head = () => 'POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ';
const UNFINISHED_BODY: Head = (auth) =>
  headOf(
    'POST /graphql HTTP/1.1',
    ...['host: 127.0.0.1', auth, 'content-type: application/json', 'content-length: 100000'],
  );
const UNFINISHED_REPORT: Head = () =>
  headOf('POST /webhooks/delivery HTTP/1.1', 'host: 127.0.0.1', 'content-length: 60000');
const SILENT: Head = () => '';

/** Connections that are held open by sending next to nothing. In the short form it only matters that others are served. */
export const SLOW_BODIES: readonly Attack[] = [
  slow('slow: heads that never end', UNFINISHED_HEAD),
  slow('slow: bodies that never end', UNFINISHED_BODY),
  slow('slow: reports that never end', UNFINISHED_REPORT),
  slow('slow: connections that say nothing', SILENT),
];

function slow(name: string, head: Head): Attack {
  return { name, run: (target) => holdOpen(target, head) };
}

async function holdOpen(target: Target, head: Head): Promise<readonly string[]> {
  const { authorization = '' } = authorize({ token: await attackerToken(target) });
  const sockets = Array.from({ length: CONNECTIONS }, () =>
    trickle(target.url, head(`authorization: ${authorization}`)),
  );
  await sleep(SHORT_MS);
  const isServed = await fetch(`${target.url}/healthz`, { signal: AbortSignal.timeout(5000) }).then(
    ({ ok }) => ok,
    () => false,
  );
  const open = target.isShort ? 0 : await countOpenAfter(sockets, PATIENCE_MS);
  for (const socket of sockets) socket.destroy();
  return [
    ...(isServed ? [] : ['Nobody else was served meanwhile.']),
    ...(open === 0 ? [] : [`${open} of ${CONNECTIONS} connections were still open after ${PATIENCE_MS} ms.`]),
  ];
}

/** One byte after the other, as long as somebody reads them. */
function trickle(url: string, head: string): Socket {
  const socket = openConnection(url).on('error', () => undefined);
  socket.resume();
  if (head !== '') socket.write(head);
  const timer = setInterval(() => head === '' || socket.write('x'), BYTE_EVERY_MS);
  socket.once('close', () => clearInterval(timer));
  return socket;
}

async function countOpenAfter(sockets: readonly Socket[], ms: number): Promise<number> {
  const signal = AbortSignal.timeout(ms);
  setMaxListeners(sockets.length, signal);
  const isOpen = (socket: Socket) => !socket.destroyed;
  await Promise.all(
    sockets.filter(isOpen).map((socket) => once(socket, 'close', { signal }).catch(() => undefined)),
  );
  return sockets.filter(isOpen).length;
}
