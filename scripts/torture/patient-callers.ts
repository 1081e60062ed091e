import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReplicaSet } from './replica-set.ts';
import type { KeyedSend, SendBook, Told } from './twice/keyed-sends.ts';
import { sendOf } from './twice/run-twice-case.ts';
import type { WorstProvider } from './twice/worst-provider.ts';

export interface CallersOptions {
  readonly replicas: Pick<ReplicaSet, 'size' | 'urlOf'>;
  readonly provider: WorstProvider;
  readonly book: SendBook;
  /** New callers, each with a key of its own. */
  readonly perSecond: number;
  /** Told of each caller that knows now. */
  readonly onKnown: () => void;
}

/** How many answers of each kind were given. */
export interface CallerAnswers {
  sent: number;
  /** Nothing was sent, and the caller may ask again. */
  safeToRetry: number;
  unknown: number;
  /** The gateway was too busy to look at it, and did nothing. */
  overloaded: number;
  /** Anything else, no answer included. */
  other: number;
}

/** People who send one message each, and ask with its key until they know what became of it. */
export interface PatientCallers {
  readonly answers: Readonly<CallerAnswers>;
  start(): void;
  /** Nobody new comes. */
  stop(): void;
  /** Resolves when everybody knows, or the time is up. Returns how many do not know; they go on asking. */
  settle(withinMs: number): Promise<number>;
  /** Those who still do not know ask no more. */
  end(): void;
}

/** Those who ask in vain ask less and less often. */
const FIRST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 5000;
const PAUSE_GROWTH = 1.5;
/** The provider takes its time, so that a strike meets sends in every state. */
const SLOWEST_ANSWER_MS = 600;
/** One request in so many is taken, and its answer lost. */
const CUT_EVERY = 20;

export function createCallers({
  replicas,
  provider,
  book,
  perSecond,
  onKnown,
}: CallersOptions): PatientCallers {
  const answers: CallerAnswers = { sent: 0, safeToRetry: 0, unknown: 0, overloaded: 0, other: 0 };
  const asking = new Set<Promise<void>>();
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let keys = 0;
  let turn = 0;

  /** Every question goes to the next gateway. */
  const ask = (send: KeyedSend): Promise<Told> =>
    book.ask(send, { graphqlUrl: `${replicas.urlOf(turn++)}/graphql` });

  const askUntilKnown = async (send: KeyedSend): Promise<void> => {
    for (let pauseMs = FIRST_PAUSE_MS; !ending.signal.aborted; pauseMs *= PAUSE_GROWTH) {
      const told = await ask(send);
      answers[kindOf(told)] += 1;
      if (told.code === 'SENT') return onKnown();
      await pause(Math.min(pauseMs, LONGEST_PAUSE_MS));
    }
  };
  const come = () => {
    keys += 1;
    const send = sendOf(`order-${keys}`);
    answerSlowly(provider, send, keys % CUT_EVERY === 0);
    const knowing = askUntilKnown(send).finally(() => asking.delete(knowing));
    asking.add(knowing);
  };

  return {
    answers,
    start() {
      timer = setInterval(come, 1000 / perSecond);
    },
    stop: () => clearInterval(timer),
    async settle(withinMs) {
      const waiting = new AbortController();
      const { signal } = waiting;
      await Promise.race([Promise.all(asking), pause(withinMs, undefined, { signal })]);
      waiting.abort();
      return asking.size;
    },
    end: () => ending.abort(),
  };
}

function answerSlowly(provider: WorstProvider, { text }: KeyedSend, isCut: boolean): void {
  const planned = provider.plan({ for: { text }, accept: true, answer: isCut ? 'cut' : 'hang' });
  void planned.arrived.then(() => pause(randomInt(SLOWEST_ANSWER_MS))).then(planned.release);
}

function kindOf({ code, isSafeToRetry }: Told): keyof CallerAnswers {
  if (code === 'SENT') return 'sent';
  if (code === 'OUTCOME_UNKNOWN') return 'unknown';
  if (code === 'OVERLOADED') return 'overloaded';
  return isSafeToRetry ? 'safeToRetry' : 'other';
}
