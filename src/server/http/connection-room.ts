import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '../../logger.ts';
import type { Metrics } from '../../metrics.ts';

/**
 * Keeps room for one more connection: a process may have only so many files open, and a webhook that finds none is lost.
 * Where the room is used up, connections without a request under way are closed, those that are idle for longest first.
 */
export interface ConnectionRoom {
  /** Lets every connection of a server in. */
  watch(server: Server): void;
  /** Notes that a request is under way on its connection, until its response is closed. */
  begin(request: IncomingMessage, response: ServerResponse): void;
  /**
   * Takes a place for what stays: a WebSocket or an event stream. It is never closed for others.
   * @returns gives the place back, any number of times; null when such connections hold as many places as they may
   */
  hold(connection: Duplex): (() => void) | null;
}

export interface ConnectionRoomParts {
  /** How many files, connections among them, the process may have open. */
  readonly openFiles: number;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'idleConnectionsClosed'>;
}

export const NO_ROOM = 'There are as many WebSockets and event streams as this process can hold: try again.';

/** Left to the store, the connections to the provider (80 a workspace), the log: half of what there is, up to this much. */
const RESERVE = 512;
/** Where there is plenty, so much of it. */
const RESERVE_SHARE = 1 / 16;
/** Of the room; the rest is for requests. */
const HELD_SHARE = 0.8;
/** A crowd is over, and the next one worth a line of its own, when so much of the room is free again. */
const CALM_SHARE = 0.5;

export function createConnectionRoom({ openFiles, logger, metrics }: ConnectionRoomParts): ConnectionRoom {
  const room = openFiles - Math.max(Math.min(openFiles / 2, RESERVE), openFiles * RESERVE_SHARE);
  const connections = new WeakMap<Duplex, Connection>();
  const idle = new IdleConnections();
  let open = 0;
  let held = 0;
  let isCrowded = false;

  function enter(transport: Duplex): void {
    const connection = new Connection(transport);
    connections.set(transport, connection);
    open += 1;
    while (open > room && closeOldestIdle());
    idle.add(connection); // after that: the newest one is not closed for itself
    transport.once('close', () => leave(connection));
  }

  function closeOldestIdle(): boolean {
    const connection = idle.oldest;
    if (connection === null) return false;
    if (!isCrowded)
      logger.warn(
        { openFiles, connections: open },
        'too many connections are open: the idle ones are closed, the oldest first. Raise the limit of open files (ulimit -n).',
      );
    isCrowded = true;
    metrics.idleConnectionsClosed.inc({});
    leave(connection);
    connection.transport.destroy(); // gives its file back at once
    return true;
  }

  function leave(connection: Connection): void {
    if (connection.hasLeft) return;
    connection.hasLeft = true;
    if (connection.tasks === 0) idle.remove(connection);
    open -= 1;
    if (open < room * CALM_SHARE) isCrowded = false;
  }

  function beginTask(connection: Connection): void {
    if (connection.tasks === 0 && !connection.hasLeft) idle.remove(connection);
    connection.tasks += 1;
  }

  function endTask(connection: Connection): void {
    connection.tasks -= 1;
    if (connection.tasks === 0 && !connection.hasLeft) idle.add(connection);
  }

  /** One function for all responses: nothing is made for a request. */
  function onResponseClose(this: ServerResponse): void {
    const connection = connections.get(this.req.socket);
    if (connection !== undefined) endTask(connection);
  }

  return {
    watch: (server) => void server.on('connection', enter),
    begin(request, response) {
      const connection = connections.get(request.socket);
      if (connection === undefined) return;
      beginTask(connection);
      response.on('close', onResponseClose);
    },
    hold(transport) {
      if (held >= room * HELD_SHARE) return null;
      held += 1;
      const connection = connections.get(transport);
      if (connection !== undefined) beginTask(connection);
      let isHeld = true;
      const release = () => {
        if (!isHeld) return;
        isHeld = false;
        held -= 1;
        transport.off('close', release);
        if (connection !== undefined) endTask(connection);
      };
      transport.once('close', release);
      return release;
    },
  };
}

class Connection {
  /** Requests under way, and places held. */
  tasks = 0;
  hasLeft = false;
  older: Connection | null = null;
  newer: Connection | null = null;
  constructor(readonly transport: Duplex) {}
}

/** A linked list, by when they became idle: every request leaves it and comes back, which must cost next to nothing. */
class IdleConnections {
  oldest: Connection | null = null;
  #newest: Connection | null = null;

  add(connection: Connection): void {
    connection.older = this.#newest;
    if (this.#newest === null) this.oldest = connection;
    else this.#newest.newer = connection;
    this.#newest = connection;
  }

  remove(connection: Connection): void {
    const { older, newer } = connection;
    if (older === null) this.oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
    connection.older = null;
    connection.newer = null;
  }
}

const USUAL_OPEN_FILES = 1024;

/** The soft limit of this process; what is usual where it cannot be learnt. */
export function readOpenFileLimit(): number {
  const limit = readFromProc() ?? readFromReport();
  if (limit === 'unlimited') return Number.MAX_SAFE_INTEGER;
  return Number(limit) > 0 ? Number(limit) : USUAL_OPEN_FILES;
}

/** Linux only, in no time. */
function readFromProc(): string | undefined {
  try {
    return /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function readFromReport(): string | number | undefined {
  const report = process.report.getReport() as { readonly userLimits?: ReportedLimits };
  return report.userLimits?.open_files?.soft;
}

interface ReportedLimits {
  readonly open_files?: { readonly soft: string | number };
}
