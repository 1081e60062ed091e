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
  stop(): Promise<void>;
}

export async function startReplicas(count: number, env: Environment): Promise<ReplicaSet> {
  const start = () => startGatewayProcess(env);
  const replicas = await Promise.all(Array.from({ length: count }, start));
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
    async stop() {
      await Promise.all(replicas.map((replica) => replica.kill()));
    },
  };
}
