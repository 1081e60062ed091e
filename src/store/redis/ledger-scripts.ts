import { defineScript } from './script.ts';

// A send is a hash: `claim` (JSON: what never changes of an attempt), `owner`, `at`, `until`, `due`, `looks`, `signed` (JSON),
// `kind` of the outcome (`SENT_IN_PART` for a partial one) and `outcome` (JSON); the last two are empty while it runs. The scripts judge by the plain fields and
// never rewrite JSON. All times are the server's own, the one clock that all replicas share. The lists are written before
// the send: an entry of a list without a send, or with one that is settled, is passed over.

/** What every script begins with: the time, and how a send is answered. */
const PRELUDE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function text(number) return string.format('%.0f', number) end
local function read(send)
  local facts = redis.call('HMGET', send, 'claim', 'owner', 'at', 'until', 'signed', 'looks', 'outcome')
  if not facts[1] then return false end
  facts[8] = text(now)
  return facts
end
local function isUnsettled(kind) return kind == '' or kind == 'UNKNOWN' end
local function isOpen(kind) return isUnsettled(kind) or kind == 'SENT_IN_PART' end
local function start(send, open, age, byText, claim, owner, hold)
  redis.call('ZADD', age, text(now), send)
  redis.call('ZADD', open, text(now + hold), send)
  redis.call('SADD', byText, send)
  redis.call('PEXPIRE', byText, 604800000)
  redis.call('HSET', send, 'claim', claim, 'owner', owner, 'at', text(now), 'until', text(now + hold),
    'signed', '', 'looks', '0', 'kind', '', 'outcome', '')
end
`;

const defineLedgerScript = (source: string, mode?: 'allow-oom') => defineScript(PRELUDE + source, mode);

/** KEYS send, open sends, sends by age, open sends of the text. ARGV claim, owner, how long it is held. Answers [is claimed, send]. */
export const CLAIM = defineLedgerScript(`
local existing = read(KEYS[1])
if existing then return {0, existing} end
start(KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[1], ARGV[2], ARGV[3])
return {1, read(KEYS[1])}
`);

/** KEYS send. ARGV owner, how long ago it may have been claimed, signature or empty. Answers 1 when it stands. */
export const CONFIRM = defineLedgerScript(`
local held = redis.call('HMGET', KEYS[1], 'owner', 'kind', 'at')
if held[1] ~= ARGV[1] or held[2] ~= '' or now - tonumber(held[3]) >= tonumber(ARGV[2]) then return 0 end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'signed', ARGV[3]) end
return 1
`);

/**
 * KEYS send, open sends, open sends of the text. ARGV owner of the attempt it is about, kind, outcome.
 * Answers the send as it stands, or nil. What became of a send is recorded also when the memory is full.
 */
export const SETTLE = defineLedgerScript(
  `
local held = redis.call('HMGET', KEYS[1], 'kind', 'owner')
if not held[1] then return false end
local isSent = ARGV[2] == 'SENT' or ARGV[2] == 'SENT_IN_PART'
local mayChange = isSent or (held[2] == ARGV[1] and isUnsettled(held[1]))
if mayChange and held[1] ~= 'SENT' then
  redis.call('HSET', KEYS[1], 'kind', ARGV[2], 'outcome', ARGV[3])
  if isOpen(ARGV[2]) then
    redis.call('ZADD', KEYS[2], text(now), KEYS[1])
  else
    redis.call('ZREM', KEYS[2], KEYS[1])
  end
  if not isUnsettled(ARGV[2]) then redis.call('SREM', KEYS[3], KEYS[1]) end
end
return read(KEYS[1])
`,
  'allow-oom',
);

/**
 * KEYS send, open sends, sends by age, open sends of the next text. ARGV expected owner and kind, then claim, owner and how
 * long it is held of the next attempt. Answers the send, or nil when it was not taken over.
 */
export const RECLAIM = defineLedgerScript(`
local held = redis.call('HMGET', KEYS[1], 'owner', 'kind')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] or (held[2] ~= '' and held[2] ~= 'NOT_SENT') then return false end
start(KEYS[1], KEYS[2], KEYS[3], KEYS[4], ARGV[3], ARGV[4], ARGV[5])
return read(KEYS[1])
`);

/** KEYS send. */
export const FIND = defineLedgerScript('return read(KEYS[1])');

/** KEYS open sends. ARGV how many at most. Answers those that are due; clears away what is open no more. */
export const DUE = defineLedgerScript(`
local found, limit = {}, tonumber(ARGV[1])
while #found < limit do
  local sends = redis.call('ZRANGE', KEYS[1], '-inf', text(now), 'BYSCORE', 'LIMIT', #found, limit - #found)
  if #sends == 0 then break end
  for _, send in ipairs(sends) do
    local kind = redis.call('HGET', send, 'kind')
    if kind and isOpen(kind) then found[#found + 1] = read(send) else redis.call('ZREM', KEYS[1], send) end
  end
end
return found
`);

/** KEYS send, open sends. ARGV owner, delay. */
export const POSTPONE = defineLedgerScript(`
local held = redis.call('HMGET', KEYS[1], 'owner', 'kind')
if held[1] ~= ARGV[1] or not isOpen(held[2]) then return 0 end
redis.call('HINCRBY', KEYS[1], 'looks', 1)
redis.call('ZADD', KEYS[2], text(now + ARGV[2]), KEYS[1])
return 1
`);

/** KEYS open sends of a text, the send that asks. Answers the others. */
export const RIVALS = defineLedgerScript(`
local found = {}
for _, send in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local kind = redis.call('HGET', send, 'kind')
  if not kind or not isUnsettled(kind) then
    redis.call('SREM', KEYS[1], send)
  elseif send ~= KEYS[2] then
    found[#found + 1] = read(send)
  end
end
return found
`);

/** KEYS open sends, sends by age. ARGV greatest age, how many at most. Answers how many it removed. */
export const TRIM_SENDS = defineLedgerScript(
  `
local old = redis.call('ZRANGE', KEYS[2], '-inf', '(' .. text(now - ARGV[1]), 'BYSCORE', 'LIMIT', 0, ARGV[2])
for _, send in ipairs(old) do
  redis.call('DEL', send)
  redis.call('ZREM', KEYS[1], send)
  redis.call('ZREM', KEYS[2], send)
end
return #old
`,
  'allow-oom',
);

/** KEYS batch. ARGV idempotency key, how long it is kept. Answers the key that it belongs to. */
export const HOLD_BATCH = defineScript(`
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])
return redis.call('GET', KEYS[1])
`);
