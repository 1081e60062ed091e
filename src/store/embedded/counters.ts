import { windowEndMs } from '../counter-window.ts';
import type { CounterCharge, Counters } from '../store.ts';
import type { Environment, Tables } from './environment.ts';
import { keyPart } from './key-part.ts';

type WindowKey = [endMs: number, key: string, windowMs: number];

/** Each charge clears away a few windows that are over, so that they never pile up. */
const CLEARED_PER_CHARGE = 8;

export function createCounters({ tables, write }: Environment): Counters {
  const { counters } = tables;

  return {
    charge: (charges, nowMs) =>
      write(() => {
        clearEndedWindows(tables, nowMs);
        const totals = new Map<string, readonly [WindowKey, number]>();
        const exceeded = charges.flatMap((charge, index) => {
          const key = windowKey(charge, nowMs);
          const id = key.join('|');
          const used = totals.get(id)?.[1] ?? counters.get(key) ?? 0;
          totals.set(id, [key, used + charge.amount]);
          return used + charge.amount > charge.limit ? [{ index, retryAfterMs: key[0] - nowMs }] : [];
        });
        if (exceeded.length > 0) return { isCharged: false, exceeded };
        for (const [key, total] of totals.values()) counters.put(key, total);
        return { isCharged: true };
      }),
    refund: (charges, nowMs) =>
      write(() => {
        for (const charge of charges) {
          const key = windowKey(charge, nowMs);
          const used = counters.get(key);
          if (used !== undefined) counters.put(key, Math.max(0, used - charge.amount));
        }
      }),
  };
}

const windowKey = (charge: CounterCharge, nowMs: number): WindowKey => [
  windowEndMs(charge, nowMs),
  keyPart(charge.key),
  charge.windowMs,
];

function clearEndedWindows({ counters }: Tables, nowMs: number): void {
  const ended = Array.from(counters.getKeys({ end: [nowMs], limit: CLEARED_PER_CHARGE }));
  for (const key of ended) counters.remove(key);
}
