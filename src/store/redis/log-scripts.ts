import { defineScript } from './script.ts';

/**
 * KEYS stream, timeline of the message, trimmed-up-to. ARGV identity, workspace, report, milliseconds to keep the timeline,
 * the newest position that the caller has seen: after a failover the clock and the log may be behind it.
 * The timeline remembers which reports were seen and where they are; it lives as long as the entries it points to.
 * The position is made here and the entry written last, so that a torn write leaves a timeline that points to nothing,
 * which counts as not seen, rather than an entry that nobody knows of.
 */
export const APPEND = defineScript(`
local seenAt = redis.call('HGET', KEYS[2], ARGV[1])
if seenAt and redis.call('XRANGE', KEYS[1], seenAt, seenAt)[1] then
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
  return {seenAt, 1}
end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local last = newest and newest[1] or redis.call('GET', KEYS[3]) or '0-0'
local time = redis.call('TIME')
local ms, sequence = time[1] * 1000 + math.floor(time[2] / 1000), 0
for _, before in ipairs({last, ARGV[5]}) do
  local beforeMs, beforeSequence = string.match(before, '(%d+)-(%d+)')
  beforeMs, beforeSequence = tonumber(beforeMs), tonumber(beforeSequence)
  if ms < beforeMs or (ms == beforeMs and sequence <= beforeSequence) then
    ms, sequence = beforeMs, beforeSequence + 1
  end
end
local at = string.format('%.0f-%.0f', ms, sequence)
redis.call('HSET', KEYS[2], ARGV[1], at)
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('XADD', KEYS[1], at, 'w', ARGV[2], 'r', ARGV[3])
return {at, 0}
`);

/** KEYS stream, timelines. Answers the entries of each timeline that are still held. */
export const READ_TIMELINES = defineScript(`
local timelines = {}
for i = 2, #KEYS do
  local entries = {}
  for _, at in ipairs(redis.call('HVALS', KEYS[i])) do
    local found = redis.call('XRANGE', KEYS[1], at, at)
    if found[1] then entries[#entries + 1] = found[1] end
  end
  timelines[i - 1] = entries
end
return timelines
`);

/** KEYS epoch. ARGV epoch to begin with where there is none. */
export const BEGIN_EPOCH = defineScript(`redis.call('SET', KEYS[1], ARGV[1], 'NX')`);

/** KEYS stream, epoch, trimmed-up-to. The epoch is nil where there is none. */
export const BOUNDS = defineScript(`
local newest = '0-0'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local facts = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #facts, 2 do
    if facts[i] == 'last-generated-id' then newest = facts[i + 1] end
  end
end
return {redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3]) or '0-0', newest}
`);

/** KEYS stream, trimmed-up-to. ARGV milliseconds since the epoch, how many at most. Answers how many it removed. */
export const TRIM = defineScript(
  `
local old = redis.call('XRANGE', KEYS[1], '-', '(' .. ARGV[1] .. '-0', 'COUNT', ARGV[2])
if #old == 0 then return 0 end
local last = old[#old][1]
local ms, sequence = string.match(last, '(%d+)-(%d+)')
redis.call('SET', KEYS[2], last)
redis.call('XTRIM', KEYS[1], 'MINID', '=', ms .. '-' .. string.format('%.0f', sequence + 1))
return #old
`,
  'allow-oom',
);
