import type { FaultSpec } from '../api/fault.ts';
import type { SeededRandom } from '../chance/seeded-random.ts';

/** The fault switch. */
export interface FaultSwitch {
  /** Hits the next call, or the next `times` calls, that the filters let through. */
  next(spec: FaultSpec): void;
  /** Hits every call the filters let through with a seeded chance, until cleared. */
  rate(spec: FaultSpec & { readonly probability: number }): void;
  clear(): void;
  /** What is still to come. */
  list(): readonly FaultSpec[];
  /** How many calls were hit since the start. */
  readonly hitCount: number;
  /** The fault for a call, now used up; null when it is to go well. The first one that fits wins. */
  take(method: string, path: string): FaultSpec | null;
}

interface ArmedFault {
  readonly spec: FaultSpec;
  timesLeft: number;
}

export function createFaultSwitch(random: SeededRandom): FaultSwitch {
  let armed: ArmedFault[] = [];
  let hitCount = 0;

  const fits = ({ spec }: ArmedFault, method: string, path: string) =>
    (spec.method ?? method) === method &&
    path.startsWith(spec.path ?? '') &&
    (spec.probability === undefined || random.next() < spec.probability);

  function useUp(fault: ArmedFault): FaultSpec {
    hitCount += 1;
    fault.timesLeft -= 1;
    if (fault.timesLeft <= 0) armed = armed.filter((other) => other !== fault);
    return fault.spec;
  }

  return {
    next: (spec) => void armed.push({ spec, timesLeft: spec.times ?? 1 }),
    rate: (spec) => void armed.push({ spec, timesLeft: spec.times ?? Number.POSITIVE_INFINITY }),
    clear() {
      armed = [];
    },
    list: () =>
      armed.map(({ spec, timesLeft }) => (Number.isFinite(timesLeft) ? { ...spec, times: timesLeft } : spec)),
    get hitCount() {
      return hitCount;
    },
    take(method, path) {
      const fault = armed.find((candidate) => fits(candidate, method, path));
      return fault === undefined ? null : useUp(fault);
    },
  };
}
