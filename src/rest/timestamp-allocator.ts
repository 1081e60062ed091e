/** Seconds that were handed out for one kind of request, as whole, disjoint, non-adjacent stretches. */
interface UsedSeconds {
  stretches: Stretch[];
  highest: number;
}
interface Stretch {
  low: number;
  high: number;
}

/** Hands out Unix seconds so that no two requests of one kind ever bear the same one. */
export interface TimestampAllocator {
  /**
   * @param kind what makes signatures equal: method, path and body
   * @param preferred the second to use if it is free; otherwise the nearest earlier one, then the nearest later one
   * @returns null when every second within reach of `now` was used: the next one frees another
   */
  take(kind: string, now: number, preferred?: number): number | null;
}

export interface TimestampReach {
  /** Seconds a timestamp may lie off the present, either way. */
  readonly reachSeconds: number;
  /** Kinds remembered one by one; beyond, the oldest are remembered together by a common lowest free second. */
  readonly maxKinds: number;
}

const CLOCK_STEP_SECONDS = 30; // a clock set back by less than this cannot make a second be used again

export function createTimestampAllocator({ reachSeconds, maxKinds }: TimestampReach): TimestampAllocator {
  // Ordered by last use, so that what is out of reach for ever is found at the front.
  const usedByKind = new Map<string, UsedSeconds>();
  let highestForgotten = Number.NEGATIVE_INFINITY;

  function forgetOld(now: number): void {
    for (const [kind, used] of usedByKind) {
      const isOutOfReach = used.highest < now - reachSeconds - CLOCK_STEP_SECONDS;
      if (!isOutOfReach && usedByKind.size <= maxKinds) return;
      if (!isOutOfReach) highestForgotten = Math.max(highestForgotten, used.highest);
      usedByKind.delete(kind);
    }
  }

  function touch(kind: string): UsedSeconds | undefined {
    const used = usedByKind.get(kind);
    if (used === undefined) return undefined;
    usedByKind.delete(kind);
    usedByKind.set(kind, used);
    return used;
  }

  return {
    take(kind, now, preferred = now) {
      const used = touch(kind) ?? { stretches: [], highest: Number.NEGATIVE_INFINITY };
      const isKnown = used.stretches.length > 0;
      const lowest = Math.max(now - reachSeconds, isKnown ? Number.NEGATIVE_INFINITY : highestForgotten + 1);
      const highest = now + reachSeconds;
      if (lowest > highest) return null;
      const second = freeSecond(used.stretches, preferred, lowest, highest);
      if (second === null) return null;
      markUsed(used, second, now - reachSeconds - CLOCK_STEP_SECONDS);
      if (!isKnown) {
        usedByKind.set(kind, used);
        forgetOld(now);
      }
      return second;
    },
  };
}

function freeSecond(
  stretches: readonly Stretch[],
  preferred: number,
  lowest: number,
  highest: number,
): number | null {
  const start = Math.min(Math.max(preferred, lowest), highest);
  const taken = stretches.find(({ low, high }) => low <= start && start <= high);
  if (taken === undefined) return start;
  // Stretches never touch, so the seconds right before and after one are free.
  if (taken.low - 1 >= lowest) return taken.low - 1;
  return taken.high + 1 <= highest ? taken.high + 1 : null;
}

function markUsed(used: UsedSeconds, second: number, forgetBefore: number): void {
  const before = used.stretches.find(({ high }) => high === second - 1);
  const after = used.stretches.find(({ low }) => low === second + 1);
  const merged = { low: before?.low ?? second, high: after?.high ?? second };
  used.stretches = used.stretches.filter(
    (stretch) => stretch !== before && stretch !== after && stretch.high >= forgetBefore,
  );
  used.stretches.push(merged);
  used.highest = Math.max(used.highest, merged.high);
}
