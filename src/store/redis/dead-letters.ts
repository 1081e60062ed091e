import { type DeadLetter, type DeadLetters, MAX_DEAD_LETTERS } from '../store.ts';
import type { Connection } from './connection.ts';
import { defineScript } from './script.ts';
import type { StoreKeys } from './store-keys.ts';

/** KEYS list, the newest first. ARGV JSON, how many at most. */
const ADD = defineScript(`
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
`);

export const createDeadLetters = (connection: Connection, keys: StoreKeys): DeadLetters => ({
  async add({ workspace, receivedAtMs, reason, body }) {
    const json = JSON.stringify({ workspace, receivedAtMs, reason, body });
    await connection.write(ADD, [keys.deadLetters], [json, MAX_DEAD_LETTERS]);
  },
  async list(limit) {
    if (limit < 1) return [];
    const reply = await connection.command('LRANGE', keys.deadLetters, '0', String(limit - 1));
    return (reply as string[]).map((json): DeadLetter => JSON.parse(json));
  },
});
