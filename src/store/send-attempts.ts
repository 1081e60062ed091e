import type { LedgerEntry, SendOutcome } from './send-ledger.ts';

/** An outcome that this process knows and the store does not. */
interface Unwritten {
  readonly outcome: SendOutcome;
  write(): Promise<LedgerEntry | null>;
}

const RETRY_MS = 1000;

/**
 * What this process knows of its own attempts without asking a clock: which of them are running, and how those ended whose
 * outcome could not be written down. These are written as soon as the store takes them.
 */
export interface SendAttempts {
  /** The attempt counts as running until `work` is over. */
  run<Result>(owner: string, work: () => Promise<Result>): Promise<Result>;
  isRunning(owner: string): boolean;
  /** Goes on trying to write an outcome, beside everything else, until it is written or the process ends. */
  writeLater(owner: string, unwritten: Unwritten): void;
  /** How the attempt ended, when that is not written down yet. */
  unwrittenOutcome(owner: string): SendOutcome | null;
  /** Stops trying. */
  close(): void;
}

export function createSendAttempts(): SendAttempts {
  const running = new Set<string>();
  const unwritten = new Map<string, Unwritten>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  /** One after the other: a store that just came back is not to be met by all of them at once. */
  async function writeAll(): Promise<void> {
    for (const [owner, { write }] of unwritten) {
      try {
        await write();
        unwritten.delete(owner);
      } catch {
        break; // still away
      }
    }
    timer = undefined;
    schedule();
  }

  function schedule(): void {
    if (timer !== undefined || unwritten.size === 0 || isClosed) return;
    timer = setTimeout(() => void writeAll(), RETRY_MS).unref();
  }

  return {
    async run(owner, work) {
      running.add(owner);
      try {
        return await work();
      } finally {
        running.delete(owner);
      }
    },
    isRunning: (owner) => running.has(owner),
    writeLater(owner, next) {
      // What is known of the attempt is not given up for what a later look could not tell.
      const known = unwritten.get(owner)?.outcome.kind;
      const isNews = known === undefined || known === 'UNKNOWN' || next.outcome.kind === 'SENT';
      if (isNews) unwritten.set(owner, next);
      schedule();
    },
    unwrittenOutcome: (owner) => unwritten.get(owner)?.outcome ?? null,
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}
