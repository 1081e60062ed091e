import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Environment,
  type GatewayProcess,
  startGatewayProcess,
} from '../../../test/support/gateway-process.ts';
import { type RedisPair, startRedisPair } from '../../../test/support/redis-pair.ts';
import { type RedisServer, startRedisServer } from '../../../test/support/redis-server.ts';
import { createShiftableClock, type ShiftableClock } from '../../../test/support/shiftable-clock.ts';
import { ageLedger } from '../age-ledger.ts';
import { SETTINGS } from '../replica-set.ts';
import { createSendBook, type KeyedSend, type SendBook, type Told } from './keyed-sends.ts';
import { startWorstProvider, type WorstProvider } from './worst-provider.ts';

export type Engine = 'embedded' | 'redis' | 'redis pair';

export interface WorldSettings {
  /** @default 1 */
  readonly gateways?: number;
  /** A write on a `redis pair` holds once so many replicas have it. @default 0 */
  readonly needsReplicas?: number;
  /** The provider's key signs. */
  readonly isSigned?: boolean;
  /** Of every gateway, beside those of all cases. */
  readonly env?: Environment;
}

/** Whole gateways before the provider on its worst day. */
export interface TwiceWorld {
  readonly provider: WorstProvider;
  readonly book: SendBook;
  /** Null unless the engine is `redis`. */
  readonly redis: RedisServer | null;
  /** Null unless the engine is `redis pair`. */
  readonly pair: RedisPair | null;
  gateway(index: number): TestedGateway;
  /** @param index of the gateway @default 0 */
  ask(send: KeyedSend, index?: number): Promise<Told>;
  /** Ends a gateway and starts another in its place, with its clock. */
  restart(index: number, env?: Environment): Promise<void>;
  /** Time passes for everybody, the gateways are restarted meanwhile. */
  skip(ms: number): Promise<void>;
  /** Time passes for what is in the store and at the provider, and for one gateway, which is restarted. */
  skipFor(index: number, ms: number): Promise<void>;
  close(): Promise<void>;
}

export interface TestedGateway {
  readonly process: GatewayProcess;
  readonly clock: ShiftableClock;
}

const SECRET = 'secret of the torture';
/** Both are accepted. */
export const OTHER_KEY = 'sk_prod_torture_rotated';

const GATEWAY_ENV: Environment = {
  ...SETTINGS,
  GUARDS: 'off',
  READ_CACHE_TTL_MS: '0',
  SMS_API_TIMEOUT_MS: '3000',
  DRAIN_TIMEOUT_MS: '1000',
  DRAIN_NOTICE_MS: '0',
};

export async function openTwiceWorld(engine: Engine, settings: WorldSettings): Promise<TwiceWorld> {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const store = await openStore(engine, settings.needsReplicas ?? 0, closing);
    const book = createSendBook();
    const secret = settings.isSigned === true ? { secret: SECRET } : {};
    const keys = [SETTINGS.SMS_API_KEY, OTHER_KEY].map((key) => ({ key, ...secret }));
    const provider = await startWorstProvider({ keys, onPost: book.noteOwner });
    closing.push(() => provider.close());
    const env = {
      ...GATEWAY_ENV,
      ...{ STORE_URL: store.url, SMS_API_URL: provider.baseUrl },
      ...(settings.isSigned === true && { SMS_API_SECRET: SECRET }),
      ...settings.env,
    };
    const gateways = await startGateways(settings.gateways ?? 1, env, closing);
    return { ...worldOf(provider, book, gateways, store), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface OpenStore {
  readonly url: string;
  readonly redis: RedisServer | null;
  readonly pair: RedisPair | null;
}

function worldOf(
  provider: WorstProvider,
  book: SendBook,
  gateways: Gateways,
  store: OpenStore,
): Omit<TwiceWorld, 'close'> {
  const pass = async (indexes: readonly number[], ms: number): Promise<void> => {
    for (const index of indexes) await gateways.end(index);
    provider.clock.aheadMs += ms;
    if (!store.url.startsWith('file:')) await ageLedger(store.url, ms);
    for (const index of indexes) {
      const { clock } = gateways.at(index);
      clock.set(clock.aheadMs + ms);
      await gateways.start(index);
    }
  };
  return {
    provider,
    book,
    redis: store.redis,
    pair: store.pair,
    gateway: gateways.at,
    ask: (send, index = 0) => book.ask(send, gateways.at(index).process),
    async restart(index, env) {
      await gateways.end(index);
      await gateways.start(index, env);
    },
    skip: (ms) => pass(gateways.indexes, ms),
    skipFor: (index, ms) => pass([index], ms),
  };
}

interface Gateways {
  readonly indexes: readonly number[];
  readonly at: (index: number) => TestedGateway;
  end(index: number): Promise<void>;
  start(index: number, env?: Environment): Promise<void>;
}

async function startGateways(
  count: number,
  env: Environment,
  closing: (() => Promise<void>)[],
): Promise<Gateways> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const clocks = indexes.map(createShiftableClock);
  const processes = new Map<number, GatewayProcess>();
  closing.push(async () => {
    for (const clock of clocks) clock.remove();
  });
  closing.push(async () => {
    await Promise.all(Array.from(processes.values(), (process) => process.kill()));
  });
  const start = async (index: number, more: Environment = {}): Promise<void> => {
    processes.set(index, await startGatewayProcess({ ...env, ...clocks[index]?.env, ...more }));
  };
  await Promise.all(indexes.map((index) => start(index)));

  const at = (index: number): TestedGateway => {
    const [process, clock] = [processes.get(index), clocks[index]];
    if (process === undefined || clock === undefined) throw new RangeError(`There is no gateway ${index}.`);
    return { process, clock };
  };
  return {
    indexes,
    at,
    async end(index) {
      const { process } = at(index);
      process.signal('SIGTERM');
      await process.ended;
    },
    start,
  };
}

async function openStore(
  engine: Engine,
  needsReplicas: number,
  closing: (() => Promise<void>)[],
): Promise<OpenStore> {
  if (engine === 'embedded') {
    const folder = await mkdtemp(join(tmpdir(), 'gateway-twice-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    return { url: `file:${folder}`, redis: null, pair: null };
  }
  if (engine === 'redis') {
    const redis = await startRedisServer();
    closing.push(() => redis.stop());
    return { url: redis.url, redis, pair: null };
  }
  const pair = await startRedisPair();
  closing.push(() => pair.stop());
  return { url: needsReplicas === 0 ? pair.url : `${pair.url}?replicas=${needsReplicas}`, redis: null, pair };
}
