/** A request to send, as it was read off the wire. */
export interface ReceivedPost {
  /** How many came before. */
  readonly index: number;
  readonly to: readonly string[];
  readonly text: string;
  readonly sender: string;
}

/** `ok`: as documented. `cut`: the connection ends. `hang`: nothing, until it is released to `ok`. Else these very words. */
export type PostAnswer =
  | 'ok'
  | 'cut'
  | 'hang'
  | { readonly status: number; readonly contentType: string | null; readonly body: string };

/** What becomes of one request to send. */
export interface PostPlan {
  /** Which one it is for. Left out: the next of any kind. */
  readonly for?: { readonly text?: string; readonly to?: string };
  /** Whether it gets to the provider at all. Otherwise it ends in a proxy that gives the answer. */
  readonly accept: boolean;
  readonly answer: PostAnswer;
  /** It lingers in a proxy and gets to the provider then, also when its connection is long gone. */
  readonly acceptAfter?: Promise<void>;
  /** The proxy delivers it twice, and answers what the second one was answered. */
  readonly isRepeatedByProxy?: boolean;
  /** How many of its rows the history shows before `history.release()`. Left out: all. */
  readonly rowsAtFirst?: number;
  /** The recipients that the answer names, as it spells them. Left out: those that it was sent to. */
  readonly names?: readonly string[];
}

export interface PlannedPost {
  /** Resolves when the request that this was planned for has been read. */
  readonly arrived: Promise<ReceivedPost>;
  /** Ends a hang. */
  release(): void;
}

/** A plan with what the provider needs to follow it. */
export interface RunningPlan {
  readonly plan: PostPlan;
  readonly released: Promise<void>;
  arrive(post: ReceivedPost): void;
}

/** What is to become of the requests that come next; those that nothing is planned for are taken and answered. */
export interface PostPlans {
  add(plan: PostPlan): PlannedPost;
  take(post: ReceivedPost): RunningPlan;
  /** Ends every hang. */
  releaseAll(): void;
}

const PLAIN: PostPlan = { accept: true, answer: 'ok' };

export function createPostPlans(): PostPlans {
  const waiting: RunningPlan[] = [];
  const releases = new Set<() => void>();

  return {
    add(plan) {
      let arrive!: (post: ReceivedPost) => void;
      let release!: () => void;
      const arrived = new Promise<ReceivedPost>((resolve) => {
        arrive = resolve;
      });
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      releases.add(release);
      waiting.push({ plan, released, arrive });
      return { arrived, release };
    },
    take(post) {
      const index = waiting.findIndex(({ plan }) => isFor(plan, post));
      const [taken] = index === -1 ? [] : waiting.splice(index, 1);
      const running = taken ?? { plan: PLAIN, released: Promise.resolve(), arrive: () => undefined };
      running.arrive(post);
      return running;
    },
    releaseAll() {
      for (const release of releases) release();
    },
  };
}

const isFor = ({ for: wanted }: PostPlan, { text, to }: ReceivedPost): boolean =>
  (wanted?.text === undefined || wanted.text === text) &&
  (wanted?.to === undefined || to.includes(wanted.to));
