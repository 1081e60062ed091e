import {
  type Environment,
  type GatewayProcess,
  startGatewayProcess,
} from '../../test/support/gateway-process.ts';

/** How one replica was restarted. */
export interface Restart {
  /** From the signal to the end of the process. */
  readonly secondsToEnd: number;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
}

/** Gateways that share one store, behind something that does not know which of them are up. */
export interface ReplicaSet {
  readonly size: number;
  /** Where the replica is, or was before it was ended. */
  urlOf(index: number): string;
  /** Ends a replica, starts another in its place, and resolves when that one is ready. */
  restart(index: number, signal: NodeJS.Signals): Promise<Restart>;
  /** As `restart` by `kill -9`, but the first to start in its place is killed so long after it began. */
  restartTwice(index: number, firstLifeMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Signs the reports that replicas take. */
export const WEBHOOK_SECRET = 'a secret of the torture';

/** Of every gateway in a torture. */
export const SETTINGS = {
  SMS_API_KEY: 'sk_prod_torture',
  METRICS: 'public',
  WEBHOOK_SECRETS: WEBHOOK_SECRET,
  AUTH: 'none',
  LIMIT_SOCKETS_PER_CALLER: '10000',
  LIMIT_STREAMS_PER_CALLER: '10000',
};

/** @param env beside the settings of all tortures: provider, store */
export async function startReplicas(count: number, env: Environment): Promise<ReplicaSet> {
  const start = (life?: AbortSignal) => startGatewayProcess({ ...SETTINGS, ...env }, life);
  const replicas = await Promise.all(Array.from({ length: count }, () => start()));
  const replicaAt = (index: number): GatewayProcess => {
    const replica = replicas[index % count];
    if (replica === undefined) throw new RangeError(`There is no replica ${index}.`);
    return replica;
  };

  return {
    size: count,
    urlOf: (index) => replicaAt(index).url,
    async restart(index, signal) {
      const replica = replicaAt(index);
      const beganAtMs = performance.now();
      replica.signal(signal);
      const { code } = await replica.ended;
      const secondsToEnd = (performance.now() - beganAtMs) / 1000;
      replicas[index % count] = await start();
      return { secondsToEnd, exitCode: code };
    },
    async restartTwice(index, firstLifeMs) {
      await replicaAt(index).kill();
      const early = await start(AbortSignal.timeout(firstLifeMs)).catch(() => null);
      await early?.kill(); // faster than its death
      replicas[index % count] = await start();
    },
    async stop() {
      await Promise.all(replicas.map((replica) => replica.kill()));
    },
  };
}
