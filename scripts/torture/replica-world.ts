import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../../test/support/gateway-process.ts';
import { type RedisServer, startRedisServer } from '../../test/support/redis-server.ts';
import { startSentProvider } from '../../test/support/sent-provider.ts';
import { type ReplicaSet, startReplicas } from './replica-set.ts';

export type Engine = 'embedded' | 'redis';

/** Whole gateways in processes of their own, the store that they share, and a provider that knows every message. */
export interface ReplicaWorld {
  readonly replicas: ReplicaSet;
  readonly storeUrl: string;
  /** Null on the embedded engine. */
  readonly redis: RedisServer | null;
}

export interface ReplicaWorldOptions {
  readonly engine: Engine;
  /** The embedded engine serves one. */
  readonly replicas: number;
  readonly env?: Environment;
}

interface OpenStore {
  readonly url: string;
  readonly redis: RedisServer | null;
  remove(): Promise<void>;
}

/** Opens a world, and closes it when what runs in it is over. */
export async function inReplicaWorld<Result>(
  { engine, replicas: count, env = {} }: ReplicaWorldOptions,
  run: (world: ReplicaWorld) => Promise<Result>,
): Promise<Result> {
  const store = engine === 'redis' ? await openRedis() : await openFolder();
  const provider = await startSentProvider();
  try {
    const addresses = { STORE_URL: store.url, SMS_API_URL: provider.baseUrl };
    const replicas = await startReplicas(count, { ...addresses, ...env });
    try {
      return await run({ replicas, storeUrl: store.url, redis: store.redis });
    } finally {
      await replicas.stop();
    }
  } finally {
    await provider.close();
    await store.remove();
  }
}

async function openRedis(): Promise<OpenStore> {
  const redis = await startRedisServer();
  return { url: redis.url, redis, remove: () => redis.stop() };
}

async function openFolder(): Promise<OpenStore> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-torture-'));
  return { url: `file:${folder}`, redis: null, remove: () => rm(folder, { recursive: true, force: true }) };
}
