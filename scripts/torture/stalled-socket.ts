import { once } from 'node:events';
import type { RawData } from 'ws';
import { subscribe } from './socket-crowd.ts';

/** A subscriber that stops reading. */
export interface StalledSocket {
  /** Reads again, and resolves with how its subscription ended: the code of the error, `served` when it did not. */
  readOn(): Promise<string>;
}

const REPORT = `report {
  messageId recipient sender status rawStatus statusCode segments cost occurredAt receivedAt isRecovered
}`;
/** It asks for a lot, so that what waits for it fills the buffers of the machine within seconds. */
const COPIES = 12;
const QUERY = `subscription { deliveryReportReceived { cursor ${Array.from(
  { length: COPIES },
  (_, copy) => `copy${copy}: ${REPORT}`,
).join(' ')} } }`;
const PATIENCE_MS = 15_000;

/** Resolves once it has its first event, and reads no more. */
export async function openStalledSocket(webSocketUrl: string): Promise<StalledSocket> {
  const socket = await subscribe(webSocketUrl, QUERY);
  await once(socket, 'message');
  socket.pause();
  return {
    async readOn() {
      const ended = new Promise<string>((resolve) => {
        socket.on('message', (data) => {
          const end = readEnd(data);
          if (end !== null) resolve(end);
        });
        socket.once('close', (code) => resolve(`closed ${code}`));
        setTimeout(() => resolve('served'), PATIENCE_MS).unref();
      });
      socket.resume();
      return ended.finally(() => socket.terminate());
    },
  };
}

/** Null for an event. */
function readEnd(data: RawData): string | null {
  const message = JSON.parse(String(data)) as {
    readonly type: string;
    readonly payload?: readonly { readonly extensions?: { readonly code?: string } }[];
  };
  if (message.type === 'next') return null;
  return message.payload?.[0]?.extensions?.code ?? message.type;
}
