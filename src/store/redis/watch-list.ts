import type { Watch, WatchList } from '../store.ts';
import type { Connection } from './connection.ts';
import { defineScript } from './script.ts';
import type { StoreKeys } from './store-keys.ts';

// The watches are a hash, member → JSON of what the member does not say; the schedule is a sorted set of the same members by
// due time.

/** KEYS watches, watches by due. ARGV member, JSON and due time of each. One that is there keeps its schedule. */
const ADD = defineScript(`
for i = 1, #ARGV, 3 do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 0 then
    redis.call('ZADD', KEYS[2], ARGV[i + 2], ARGV[i])
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
  end
end
`);

/** The same for those that are there. One that is gone got its final report meanwhile: it stays gone. */
const RESCHEDULE = defineScript(
  `
for i = 1, #ARGV, 3 do
  if redis.call('HEXISTS', KEYS[1], ARGV[i]) == 1 then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    redis.call('ZADD', KEYS[2], ARGV[i + 2], ARGV[i])
  end
end
`,
  'allow-oom',
);

/** KEYS watches, watches by due. ARGV now, how many at most. What is in the schedule without a watch is cleared away. */
const DUE = defineScript(`
local members = redis.call('ZRANGE', KEYS[2], '-inf', ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[2])
local watches = {}
for _, member in ipairs(members) do
  local watch = redis.call('HGET', KEYS[1], member)
  if watch then watches[#watches + 1] = {member, watch} else redis.call('ZREM', KEYS[2], member) end
end
return watches
`);

/** KEYS watches, watches by due. ARGV members. */
const REMOVE = defineScript(`
for _, member in ipairs(ARGV) do
  redis.call('HDEL', KEYS[1], member)
  redis.call('ZREM', KEYS[2], member)
end
`);

const PER_CALL = 500;

export function createWatchList(connection: Connection, keys: StoreKeys): WatchList {
  const tables = [keys.watches, keys.watchesByDue];

  return {
    async add(watches) {
      for (const some of inChunks(watches)) await connection.write(ADD, tables, some.flatMap(toFields));
    },
    async due(nowMs, limit) {
      const reply = (await connection.run(DUE, tables, [nowMs, limit])) as StoredWatch[];
      return reply.map(toWatch);
    },
    async reschedule(watches) {
      for (const some of inChunks(watches))
        await connection.write(RESCHEDULE, tables, some.flatMap(toFields));
    },
    async remove(workspace, messageIds) {
      for (const some of inChunks(messageIds)) {
        const members = some.map((messageId) => toMember(workspace, messageId));
        await connection.write(REMOVE, tables, members);
      }
    },
    async size() {
      return Number(await connection.command('HLEN', keys.watches));
    },
  };
}

const toMember = (workspace: string, messageId: string): string => JSON.stringify([workspace, messageId]);

const toFields = (watch: Watch): (string | number)[] => {
  const { workspace, messageId, sentAtMs, dueAtMs, attempts } = watch;
  return [toMember(workspace, messageId), JSON.stringify([sentAtMs, dueAtMs, attempts]), dueAtMs];
};

type StoredWatch = readonly [member: string, json: string];

function toWatch([member, json]: StoredWatch): Watch {
  const [workspace, messageId]: [string, string] = JSON.parse(member);
  const stored: [number, number, number] | Watch = JSON.parse(json);
  if (!Array.isArray(stored)) return stored; // as an earlier version wrote it
  const [sentAtMs, dueAtMs, attempts] = stored;
  return { workspace, messageId, sentAtMs, dueAtMs, attempts };
}

function* inChunks<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += PER_CALL) yield items.slice(start, start + PER_CALL);
}
