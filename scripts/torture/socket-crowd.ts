import { once } from 'node:events';
import { WebSocket } from 'ws';
import { FEED_QUERY, type FeedData } from '../../test/support/follow-queries.ts';

/** Sockets that follow the feed of reports, each with the same subscription: all must get the very same frames. */
export interface SocketCrowd {
  /** Frames in all. */
  readonly received: number;
  /** Frames unlike the one that another socket got in this place. */
  readonly different: number;
  /** What the frames tell of, each place once. */
  readReports(): readonly FeedReport[];
  close(): void;
}

export type FeedReport = FeedData['deliveryReportReceived']['report'];

export interface SocketCrowdOptions {
  readonly webSocketUrl: string;
  readonly size: number;
  /** Told of each event that a few of them get; to read what all get would cost more than to send it. */
  readonly onSample: (report: FeedReport) => void;
}

const SAMPLED = 10;
const ID = '1';

export async function openSocketCrowd(options: SocketCrowdOptions): Promise<SocketCrowd> {
  const { webSocketUrl, size, onSample } = options;
  const sampleEvery = Math.ceil(size / SAMPLED);
  /** The first frame that any socket got in each place. */
  const frames: Buffer[] = [];
  let received = 0;
  let different = 0;
  const follow = async (index: number): Promise<WebSocket> => {
    const socket = await subscribe(webSocketUrl, FEED_QUERY);
    let place = 0;
    socket.on('message', (data: Buffer) => {
      received += 1;
      frames[place] ??= Buffer.from(data);
      if (frames[place]?.equals(data) !== true) different += 1;
      place += 1;
      if (index % sampleEvery === 0) onSample(reportOf(data));
    });
    return socket;
  };
  const sockets = await Promise.all(Array.from({ length: size }, (_, index) => follow(index)));

  return {
    get received() {
      return received;
    },
    get different() {
      return different;
    },
    readReports: () => frames.map(reportOf),
    close() {
      for (const socket of sockets) socket.terminate();
    },
  };
}

/** Speaks the protocol by hand: the next message is the first event. */
export async function subscribe(webSocketUrl: string, query: string): Promise<WebSocket> {
  const socket = new WebSocket(webSocketUrl, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  socket.send(JSON.stringify({ type: 'subscribe', id: ID, payload: { query } }));
  socket.send('{"type":"ping"}');
  await once(socket, 'message');
  return socket;
}

function reportOf(frame: Buffer): FeedReport {
  const message = JSON.parse(String(frame)) as { readonly payload: { readonly data: FeedData } };
  return message.payload.data.deliveryReportReceived.report;
}
