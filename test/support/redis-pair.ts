import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createClient } from 'redis';
import { type RedisServer, startRedisServer } from './redis-server.ts';

export type PairSide = 'primary' | 'replica';

/** Two real Redis servers behind one address that follows the primary, as a DNS name or a load balancer does. */
export interface RedisPair {
  /** The one address: it leads to the primary until `pointAt`. */
  readonly url: string;
  readonly port: number;
  /** The server that is the primary; after `promote` it is dead, a replica, or cut off, until `rejoin` swaps the two. */
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  /** Leads new connections to that side; those that stand are cut, or stay where they are. */
  pointAt(side: PairSide, existing?: 'cut' | 'keep'): void;
  /** Stops the replica. What the primary writes from now on never reaches it when it is promoted before it goes on. */
  pauseReplica(): void;
  resumeReplica(): void;
  /**
   * Makes the replica a primary; a paused one goes on, without what it missed. The old primary is killed, becomes the
   * replica of the new one (in sync when this resolves; its connections are kept), or goes on alone, knowing nothing.
   * The address does not move: `pointAt('replica')`.
   */
  promote(oldPrimary: 'kill' | 'demote' | 'leave'): Promise<void>;
  /**
   * Ends a failover: the old primary, started again when it was killed, follows the new one, in sync when this resolves. From
   * then on the two bear each other's names, and the next one may be promoted.
   */
  rejoin(): Promise<void>;
  /** One command to one of the two, past the address. */
  command(side: PairSide, ...words: readonly string[]): Promise<unknown>;
  stop(): Promise<void>;
}

const QUICK_SYNC = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
const SYNC_TIMEOUT_MS = 20_000;

/** Resolves when the replica is in sync. */
export async function startRedisPair(args: readonly string[] = []): Promise<RedisPair> {
  let primary = await startRedisServer([...QUICK_SYNC, ...args]);
  let replica = await startRedisServer([...QUICK_SYNC, ...args]);
  const front = await startForwarder(primary.port);
  // The replica follows through a link of its own, so that what is under way to it can be lost.
  let replication: Forwarder;
  let old: 'kill' | 'demote' | 'leave' | null = null;

  const serverAt = (side: PairSide) => (side === 'primary' ? primary : replica);
  const command = async (side: PairSide, ...words: readonly string[]): Promise<unknown> => {
    const client = await createClient({ url: serverAt(side).url }).connect();
    try {
      return await client.sendCommand(words);
    } finally {
      client.destroy();
    }
  };
  const follow = async (follower: PairSide, leader: PairSide) => {
    replication = await startForwarder(serverAt(leader).port);
    await command(follower, 'REPLICAOF', '127.0.0.1', String(replication.port));
    const inSync = await command(leader, 'WAIT', '1', String(SYNC_TIMEOUT_MS));
    if (inSync !== 1) throw new Error('The replica did not get in sync.');
  };
  await follow('replica', 'primary');

  return {
    url: `redis://127.0.0.1:${front.port}`,
    port: front.port,
    get primary() {
      return primary;
    },
    get replica() {
      return replica;
    },
    pointAt(side, existing = 'cut') {
      front.pointAt(serverAt(side).port);
      if (existing === 'cut') front.cut();
    },
    pauseReplica() {
      replication.hold();
      replica.pause();
    },
    resumeReplica() {
      replica.resume();
      replication.release();
    },
    async promote(oldPrimary) {
      old = oldPrimary;
      await replication.close();
      if (old === 'kill') await primary.kill();
      replica.resume();
      await command('replica', 'REPLICAOF', 'NO', 'ONE');
      if (old === 'demote') await follow('primary', 'replica');
    },
    async rejoin() {
      if (old === null) throw new Error('Nobody was promoted.');
      if (old === 'kill') await primary.restart();
      if (old !== 'demote') await follow('primary', 'replica');
      [primary, replica] = [replica, primary];
      old = null;
    },
    command,
    async stop() {
      await Promise.all([front.close(), replication.close()]);
      await Promise.all([primary.stop(), replica.stop()]);
    },
  };
}

interface Forwarder {
  readonly port: number;
  pointAt(port: number): void;
  /** Nothing passes either way until `release`. */
  hold(): void;
  release(): void;
  cut(): void;
  close(): Promise<void>;
}

/** Passes connections on to a port of this machine. */
async function startForwarder(firstTarget: number): Promise<Forwarder> {
  const sockets = new Set<Socket>();
  let target = firstTarget;
  let isHeld = false;

  const join = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (chunk) => {
      if (!to.destroyed) to.write(chunk);
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    if (isHeld) from.pause();
  };
  const listener: Server = createServer((incoming) => {
    const outgoing = connect(target, '127.0.0.1').setNoDelay();
    join(incoming.setNoDelay(), outgoing);
    join(outgoing, incoming);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };

  return {
    port,
    pointAt(next) {
      target = next;
    },
    hold() {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    release() {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
    cut,
    async close() {
      cut();
      if (!listener.listening) return;
      listener.close();
      await once(listener, 'close');
    },
  };
}
