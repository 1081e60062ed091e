import type { Logger } from '../logger.ts';
import type { Store } from './store.ts';

/** Shows the other replicas that this process lives, until it is given up. */
export interface ProcessLease {
  giveUp(): Promise<void>;
}

/** Long enough for a pause of the process or a moment without the store. */
const TTL_MS = 15_000;
const RENEW_MS = 5_000;

const leaseName = (processId: string): string => `process/${processId}`;

/** Holds the lease for as long as this process lives; a process that is killed is known to be gone after 15 s. */
export async function holdProcessLease(
  { leases }: Store,
  processId: string,
  logger: Logger,
): Promise<ProcessLease> {
  const name = leaseName(processId);
  // Without it the others only look for the truth about this process's sends earlier than they need to.
  const renew = () =>
    leases
      .acquire(name, processId, TTL_MS)
      .catch((error: unknown) => logger.debug({ err: error }, 'The sign of life was not renewed.'));
  await renew();
  const timer = setInterval(renew, RENEW_MS).unref();
  return {
    async giveUp() {
      clearInterval(timer);
      await leases.release(name, processId).catch(() => undefined);
    },
  };
}

export const isProcessAlive = ({ leases }: Store, processId: string): Promise<boolean> =>
  leases.isHeld(leaseName(processId));
