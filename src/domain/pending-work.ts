/** Work that must come to its end although nobody waits for its answer any more. */
export interface PendingWork {
  readonly size: number;
  /** Hands the promise back as it is, and remembers it until it is settled. */
  track<Result>(work: Promise<Result>): Promise<Result>;
  /** Resolves when nothing is pending, whether the work succeeded or failed. */
  whenIdle(): Promise<void>;
}

export function createPendingWork(): PendingWork {
  const pending = new Set<Promise<unknown>>();

  return {
    get size() {
      return pending.size;
    },
    track(work) {
      const forget = () => pending.delete(settled);
      const settled: Promise<unknown> = work.then(forget, forget);
      pending.add(settled);
      return work;
    },
    async whenIdle() {
      while (pending.size > 0) await Promise.all(pending); // work may have begun meanwhile
    },
  };
}
