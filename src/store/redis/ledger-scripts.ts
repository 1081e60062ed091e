import { defineScript } from './script.ts';

// A send is a hash: `claim` (JSON, everything but the outcome), `owner`, `at`, `until`, `kind` (of the outcome) and
// `outcome` (JSON); the last two are empty while it runs. The scripts judge by the plain fields and never rewrite JSON.
// The lists are written before the send: an entry of a list without a send, or with one that is settled, is passed over.

/**
 * KEYS send, open sends, sends by age. ARGV claim, owner, at, until, then kind and outcome, both empty for a send that is
 * to run. Answers [is claimed, claim, outcome].
 */
export const CLAIM = defineScript(`
local existing = redis.call('HMGET', KEYS[1], 'claim', 'outcome')
if existing[1] then return {0, existing[1], existing[2]} end
redis.call('ZADD', KEYS[3], ARGV[3], KEYS[1])
if ARGV[5] == '' or ARGV[5] == 'UNKNOWN' then redis.call('ZADD', KEYS[2], ARGV[3], KEYS[1]) end
redis.call('HSET', KEYS[1], 'claim', ARGV[1], 'owner', ARGV[2], 'at', ARGV[3], 'until', ARGV[4],
  'kind', ARGV[5], 'outcome', ARGV[6])
return {1, ARGV[1], ARGV[6]}
`);

/**
 * KEYS send, open sends. ARGV kind, outcome, then owner and at of the claim it is about, both empty for whichever stands.
 * Answers [claim, outcome] as they stand, or nil.
 */
export const SETTLE = defineScript(`
local held = redis.call('HMGET', KEYS[1], 'kind', 'owner', 'at')
if not held[1] then return false end
local isHeld = ARGV[3] == '' or (held[2] == ARGV[3] and held[3] == ARGV[4])
if isHeld and (held[1] == '' or held[1] == 'UNKNOWN') then
  redis.call('HSET', KEYS[1], 'kind', ARGV[1], 'outcome', ARGV[2])
  if ARGV[1] ~= 'UNKNOWN' then redis.call('ZREM', KEYS[2], KEYS[1]) end
end
return redis.call('HMGET', KEYS[1], 'claim', 'outcome')
`);

/**
 * KEYS send, open sends, sends by age. ARGV expected owner, at and kind, then claim, owner, at, until of the next one.
 * Answers 1 when it was taken over.
 */
export const RECLAIM = defineScript(`
local held = redis.call('HMGET', KEYS[1], 'owner', 'at', 'kind')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] or held[3] ~= ARGV[3] then return 0 end
if held[3] ~= '' and held[3] ~= 'NOT_SENT' then return 0 end
redis.call('ZADD', KEYS[2], ARGV[6], KEYS[1])
redis.call('ZADD', KEYS[3], ARGV[6], KEYS[1])
redis.call('HSET', KEYS[1], 'claim', ARGV[4], 'owner', ARGV[5], 'at', ARGV[6], 'until', ARGV[7],
  'kind', '', 'outcome', '')
return 1
`);

/** KEYS open sends. ARGV now, how many at most. Answers [claim, outcome] of each, oldest first. */
export const UNRESOLVED = defineScript(`
local found, start, now, limit = {}, 0, tonumber(ARGV[1]), tonumber(ARGV[2])
while #found < limit do
  local sends = redis.call('ZRANGE', KEYS[1], start, start + 99)
  if #sends == 0 then break end
  for _, send in ipairs(sends) do
    local facts = redis.call('HMGET', send, 'claim', 'outcome', 'kind', 'until')
    local isOpen = facts[3] == 'UNKNOWN' or (facts[3] == '' and tonumber(facts[4]) < now)
    if isOpen and #found < limit then found[#found + 1] = {facts[1], facts[2]} end
  end
  start = start + 100
end
return found
`);

/** KEYS open sends, sends by age. ARGV cutoff, how many at most. Answers how many it removed. */
export const TRIM_SENDS = defineScript(`
local old = redis.call('ZRANGE', KEYS[2], '-inf', '(' .. ARGV[1], 'BYSCORE', 'LIMIT', 0, ARGV[2])
for _, send in ipairs(old) do
  redis.call('DEL', send)
  redis.call('ZREM', KEYS[1], send)
  redis.call('ZREM', KEYS[2], send)
end
return #old
`);
