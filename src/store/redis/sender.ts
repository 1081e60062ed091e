import { ErrorReply } from 'redis';
import { STORE_DEADLINE_MS, withDeadline } from '../with-deadline.ts';
import type { Link } from './link.ts';
import { explainReply, isNotThePrimary, RefusalError } from './refusal.ts';

/** A reply, and the connection that it came on. */
export interface Answer {
  readonly reply: unknown;
  readonly generation: number;
}

export type Send = (...args: readonly string[]) => Promise<Answer>;

/** Sends commands with a deadline, and gives a client up that heard nothing for so long, or is with no primary. */
export function createSender(link: Link, serverName: string): Send {
  let heardAtMs = performance.now();

  return async (...args) => {
    const { client, generation } = link.use();
    const answer = client.sendCommand([...args]).then(
      (reply: unknown) => {
        heardAtMs = performance.now();
        return reply;
      },
      (error: unknown) => {
        if (!(error instanceof ErrorReply)) throw error;
        heardAtMs = performance.now();
        throw explainReply(serverName, error.message);
      },
    );
    try {
      return { reply: await withDeadline(answer), generation };
    } catch (error) {
      if (error instanceof RefusalError && isNotThePrimary(error)) link.replace(client, error.message);
      else if (performance.now() - heardAtMs >= STORE_DEADLINE_MS && client.isReady) {
        link.replace(client, 'The server does not answer.');
      }
      throw error;
    }
  };
}
