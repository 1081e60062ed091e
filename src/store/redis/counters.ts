import { windowEndMs } from '../counter-window.ts';
import type { CounterCharge, Counters } from '../store.ts';
import type { Connection } from './connection.ts';
import { defineScript } from './script.ts';
import type { StoreKeys } from './store-keys.ts';

/** KEYS a counter each. ARGV amount, limit and milliseconds to keep it, of each. Answers the indexes that are exceeded. */
const CHARGE = defineScript(`
local totals, exceeded = {}, {}
for i, key in ipairs(KEYS) do
  local used = totals[key] or tonumber(redis.call('GET', key) or '0')
  totals[key] = used + tonumber(ARGV[i * 3 - 2])
  if totals[key] > tonumber(ARGV[i * 3 - 1]) then exceeded[#exceeded + 1] = i - 1 end
end
if #exceeded > 0 then return exceeded end
for i, key in ipairs(KEYS) do
  redis.call('SET', key, string.format('%.0f', totals[key]), 'PX', ARGV[i * 3])
end
return {}
`);

/** KEYS a counter each. ARGV the amount of each. Never below nothing, and never a counter that is gone. */
const REFUND = defineScript(
  `
for i, key in ipairs(KEYS) do
  local used = redis.call('GET', key)
  if used then redis.call('DECRBY', key, math.min(tonumber(used), tonumber(ARGV[i]))) end
end
`,
  'allow-oom',
);

/** A counter outlives its window a little, for clocks that differ; the next window has a key of its own. */
const GRACE_MS = 60_000;

export function createCounters(connection: Connection, keys: StoreKeys): Counters {
  const keyOf = (charge: CounterCharge, nowMs: number) =>
    keys.counter(charge.key, charge.windowMs, windowEndMs(charge, nowMs));
  const giveBack = (counters: readonly string[], charges: readonly CounterCharge[]) =>
    connection.run(REFUND, counters, amountsOf(charges));

  return {
    async charge(charges, nowMs) {
      const leftMs = charges.map((charge) => windowEndMs(charge, nowMs) - nowMs);
      const counters = charges.map((charge) => keyOf(charge, nowMs));
      const reply = await connection.write(
        CHARGE,
        counters,
        charges.flatMap(({ amount, limit }, index) => [amount, limit, (leftMs[index] ?? 0) + GRACE_MS]),
        // What is refused for want of replicas must not stay counted.
        async (exceeded) => (exceeded as number[]).length === 0 && giveBack(counters, charges),
      );
      const exceeded = (reply as number[]).map((index) => ({ index, retryAfterMs: leftMs[index] ?? 0 }));
      return exceeded.length === 0 ? { isCharged: true } : { isCharged: false, exceeded };
    },
    async refund(charges, nowMs) {
      await connection.write(
        REFUND,
        charges.map((charge) => keyOf(charge, nowMs)),
        amountsOf(charges),
      );
    },
  };
}

const amountsOf = (charges: readonly CounterCharge[]) => charges.map(({ amount }) => amount);
