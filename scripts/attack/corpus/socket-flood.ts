import { once, setMaxListeners } from 'node:events';
import { WebSocket } from 'ws';
import { authorize } from '../ask.ts';
import { attackerToken } from '../sign-token.ts';
import type { Attack, Target } from '../target.ts';

const MOST_SOCKETS = 100;
const MOST_STREAMS = 100;
const TRIED = 130;

/** One caller that opens as much as it can, and keeps it. */
export const SOCKET_FLOOD: readonly Attack[] = [
  { name: 'flood: sockets of one caller', run: openSockets },
  { name: 'flood: streams of one caller', run: openStreams },
];

async function openSockets(target: Target): Promise<readonly string[]> {
  const token = await attackerToken(target, 'flood-sockets');
  const sockets = Array.from({ length: TRIED }, () => {
    const socket = new WebSocket(`${target.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    socket.on('error', () => undefined);
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { token } })));
    return socket;
  });
  const isTaken = async (socket: WebSocket): Promise<boolean> => {
    const acknowledged = once(socket, 'message').then(() => true);
    return Promise.race([acknowledged, once(socket, 'close').then(() => false)]).catch(() => false);
  };
  const taken = (await Promise.all(sockets.map(isTaken))).filter(Boolean).length;
  for (const socket of sockets) socket.terminate();
  return taken <= MOST_SOCKETS ? [] : [`One caller held ${taken} sockets.`];
}

async function openStreams(target: Target): Promise<readonly string[]> {
  const stop = new AbortController();
  setMaxListeners(TRIED, stop.signal);
  const headers = {
    ...{ 'content-type': 'application/json', accept: 'text/event-stream' },
    ...authorize({ token: await attackerToken(target, 'flood-streams') }),
  };
  const body = JSON.stringify({ query: 'subscription { deliveryReportReceived { cursor } }' });
  const open = async (): Promise<Response | undefined> =>
    fetch(`${target.url}/graphql`, { method: 'POST', headers, body, signal: stop.signal }).catch(
      () => undefined,
    );
  // The answers themselves are kept: fetch hangs up on an answer that is garbage-collected, and its place is free again.
  const answers = await Promise.all(Array.from({ length: TRIED }, open));
  const taken = answers.filter((answer) => answer?.status === 200).length;
  stop.abort();
  return taken <= MOST_STREAMS ? [] : [`One caller held ${taken} streams.`];
}
