import type { Logger } from '../../logger.ts';

/** Whether the server is there. Each outage is logged once, however many attempts it takes. */
export interface Presence {
  readonly wasEverReady: boolean;
  /** Why it is away. */
  readonly lastFailure: string | null;
  ready(): void;
  failed(error: Error): void;
}

export function createPresence(serverName: string, logger: Logger): Presence {
  let wasEverReady = false;
  let lastFailure: string | null = null;

  return {
    get wasEverReady() {
      return wasEverReady;
    },
    get lastFailure() {
      return lastFailure;
    },
    ready() {
      if (lastFailure !== null) logger.info({ server: serverName }, 'Redis is back');
      wasEverReady = true;
      lastFailure = null;
    },
    failed({ message }) {
      if (lastFailure === null) logger.warn({ server: serverName, reason: message }, 'Redis is away');
      lastFailure = message;
    },
  };
}
