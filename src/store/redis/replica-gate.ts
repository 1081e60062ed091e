import { StoreUnavailableError } from '../store.ts';
import type { Connection } from './connection.ts';

/** Lets an append pass only when enough replicas have it too. */
export interface ReplicaGate {
  /** @throws StoreUnavailableError when too few have it in time */
  pass(): Promise<void>;
}

const WAIT_MS = 1000;

/** One WAIT is under way at a time; whoever comes meanwhile shares the next one, which covers all that was written before. */
export function createReplicaGate(connection: Connection, replicas: number): ReplicaGate {
  if (replicas === 0) return { pass: async () => undefined };

  const waitForReplicas = async () => {
    const reached = Number(await connection.command('WAIT', String(replicas), String(WAIT_MS)));
    if (reached < replicas) {
      throw new StoreUnavailableError(`Only ${reached} of ${replicas} replicas have the report.`);
    }
  };
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  return {
    pass() {
      next ??= current
        .catch(() => undefined)
        .then(() => {
          next = null;
          current = waitForReplicas();
          return current;
        });
      return next;
    },
  };
}
