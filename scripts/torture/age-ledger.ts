import { createClient } from 'redis';

/** Everything by the server's own clock that decides about sends: when they were claimed, until when, when to look, and leases. */
const AGE = `
local function older(list)
  local members = redis.call('ZRANGE', list, 0, -1, 'WITHSCORES')
  for i = 1, #members, 2 do redis.call('ZADD', list, members[i + 1] - ARGV[2], members[i]) end
end
for _, send in ipairs(redis.call('KEYS', ARGV[1] .. 'send:*')) do
  redis.call('HINCRBY', send, 'at', -ARGV[2])
  redis.call('HINCRBY', send, 'until', -ARGV[2])
end
older(ARGV[1] .. 'open-sends')
older(ARGV[1] .. 'sends-by-age')
for _, lease in ipairs(redis.call('KEYS', ARGV[1] .. 'lease:*')) do
  redis.call('PEXPIRE', lease, redis.call('PTTL', lease) - ARGV[2])
end
`;

/** The clock of a Redis server cannot be moved: what it keeps by that clock is made older instead. */
export async function ageLedger(storeUrl: string, ms: number): Promise<void> {
  const url = new URL(storeUrl);
  url.search = '';
  const client = createClient({ url: url.href, RESP: 2 });
  await client.connect();
  try {
    await client.eval(AGE, { arguments: ['sms-gateway:', String(ms)] });
  } finally {
    client.destroy();
  }
}
