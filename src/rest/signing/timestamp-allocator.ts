/** Seconds that were handed out for one kind of request, as whole, disjoint, non-adjacent stretches. */
interface UsedSeconds {
  stretches: Stretch[];
  /** What was handed out before this kind was remembered lies below. */
  readonly lowestFree: number;
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
  /** Kinds remembered one by one; beyond, the oldest are remembered together by their highest second. */
  readonly maxKinds: number;
}

const CLOCK_STEP_SECONDS = 30; // a clock set back by less than this cannot make a second be used again

export function createTimestampAllocator({ reachSeconds, maxKinds }: TimestampReach): TimestampAllocator {
  const memorySeconds = 2 * reachSeconds + CLOCK_STEP_SECONDS;
  let recent = createGeneration(Number.NEGATIVE_INFINITY);
  let older = createGeneration(Number.NEGATIVE_INFINITY);
  let highestForgotten = Number.NEGATIVE_INFINITY;

  /** Forgets what was not used for a whole generation: nearly always it is out of reach by then. */
  function turnGeneration(now: number): void {
    if (older.highest >= now - reachSeconds - CLOCK_STEP_SECONDS)
      highestForgotten = Math.max(highestForgotten, older.highest);
    older = recent;
    recent = createGeneration(now);
  }

  function usedOf(kind: string): UsedSeconds {
    const known = recent.usedByKind.get(kind) ?? older.usedByKind.get(kind);
    const used = known ?? { stretches: [], lowestFree: highestForgotten + 1 };
    recent.usedByKind.set(kind, used);
    return used;
  }

  return {
    take(kind, now, preferred = now) {
      const isFull = recent.usedByKind.size >= maxKinds / 2;
      if (isFull || now - recent.startedAt > memorySeconds) turnGeneration(now);
      const used = usedOf(kind);
      const lowest = Math.max(now - reachSeconds, used.lowestFree);
      const highest = now + reachSeconds;
      const second = lowest > highest ? null : freeSecond(used.stretches, preferred, lowest, highest);
      if (second === null) return null;
      const highestUsed = markUsed(used, second, now - reachSeconds - CLOCK_STEP_SECONDS);
      recent.highest = Math.max(recent.highest, highestUsed);
      return second;
    },
  };
}

/** The kinds used in a stretch of time. */
interface Generation {
  readonly startedAt: number;
  readonly usedByKind: Map<string, UsedSeconds>;
  /** The highest second of any of them. */
  highest: number;
}

const createGeneration = (startedAt: number): Generation => ({
  startedAt,
  usedByKind: new Map(),
  highest: Number.NEGATIVE_INFINITY,
});

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

/** Returns the highest second in use. */
function markUsed(used: UsedSeconds, second: number, forgetBefore: number): number {
  const before = used.stretches.find(({ high }) => high === second - 1);
  const after = used.stretches.find(({ low }) => low === second + 1);
  const merged = { low: before?.low ?? second, high: after?.high ?? second };
  used.stretches = used.stretches.filter(
    (stretch) => stretch !== before && stretch !== after && stretch.high >= forgetBefore,
  );
  used.stretches.push(merged);
  return used.stretches.reduce((highest, { high }) => Math.max(highest, high), merged.high);
}
