import type { Leases } from '../store.ts';
import type { Connection } from './connection.ts';
import { defineScript } from './script.ts';
import type { StoreKeys } from './store-keys.ts';

/**
 * KEYS lease. ARGV owner, milliseconds to hold it, by the server's clock: the one clock that all replicas share. When the
 * memory is full, processes that live must still be known to.
 */
const ACQUIRE = defineScript(
  `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
  'allow-oom',
);

/** KEYS lease. ARGV owner. */
const RELEASE = defineScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`);

/** KEYS lease. */
const IS_HELD = defineScript(`return redis.call('EXISTS', KEYS[1])`);

export const createLeases = (connection: Connection, keys: StoreKeys): Leases => ({
  async acquire(name, owner, ttlMs) {
    return (await connection.write(ACQUIRE, [keys.lease(name)], [owner, ttlMs])) === 1;
  },
  async release(name, owner) {
    await connection.write(RELEASE, [keys.lease(name)], [owner]);
  },
  async isHeld(name) {
    return (await connection.run(IS_HELD, [keys.lease(name)], [])) === 1;
  },
});
