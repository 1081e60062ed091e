import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Replicas } from './replicas.ts';

/** An event as a client saw it. */
export interface SeenEvent {
  readonly cursor: string;
  readonly report: { readonly messageId: string; readonly rawStatus: string };
}

/** A client that comes back with its last cursor, to the next replica, whenever it loses one. */
export interface ResumingSubscriber {
  readonly events: readonly SeenEvent[];
  readonly reconnects: number;
  close(): void;
}

const QUERY = `subscription ($after: String) {
  deliveryReportReceived(after: $after) { cursor report { messageId rawStatus } }
}`;
const PAUSE_MS = 50;

interface EventResult {
  readonly deliveryReportReceived?: SeenEvent | null;
}

export function startResumingSubscriber(replicas: Replicas, first: number): ResumingSubscriber {
  const events: SeenEvent[] = [];
  let reconnects = 0;
  let isClosed = false;
  let leave = () => {};

  async function listen(replica: number): Promise<void> {
    const url = `${replicas.urlOf(replica).replace('http', 'ws')}/graphql`;
    const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, lazyCloseTimeout: 0 });
    leave = () => void client.dispose();
    const variables = { after: events.at(-1)?.cursor ?? null };
    try {
      for await (const { data } of client.iterate<EventResult>({ query: QUERY, variables }))
        if (data?.deliveryReportReceived) events.push(data.deliveryReportReceived);
    } catch {
      // The replica went away; the next one knows the cursor too.
    } finally {
      await client.dispose();
    }
  }

  async function run(): Promise<void> {
    for (let replica = first; !isClosed; replica += 1) {
      await listen(replica);
      if (isClosed) return;
      reconnects += 1;
      await pause(PAUSE_MS);
    }
  }

  void run();
  return {
    events,
    get reconnects() {
      return reconnects;
    },
    close() {
      isClosed = true;
      leave();
    },
  };
}
