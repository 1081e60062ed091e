import type { Metrics } from '../metrics.ts';
import { type Store, StoreUnavailableError } from '../store/store.ts';

type CountError = (error: unknown) => void;

/** Counted by whoever calls them: the webhook receiver, which gives up on the store earlier than the store itself does. */
const COUNTED_ELSEWHERE: ReadonlySet<PropertyKey> = new Set(['append', 'tail']);

/** The same store; every call that its engine could not answer is counted by the part it was made to. */
export function countStoreErrors(store: Store, { storeErrors }: Pick<Metrics, 'storeErrors'>): Store {
  type Part = Parameters<typeof storeErrors.inc>[0]['part'];
  const counting =
    (part: Part): CountError =>
    (error) => {
      if (error instanceof StoreUnavailableError) storeErrors.inc({ part });
    };
  return {
    log: observe(store.log, counting('log')),
    deadLetters: observe(store.deadLetters, counting('log')),
    sends: observe(store.sends, counting('sends')),
    watches: observe(store.watches, counting('watches')),
    leases: observe(store.leases, counting('leases')),
    counters: observe(store.counters, counting('counters')),
    batches: observe(store.batches, counting('sends')),
    keep: (name, value) => tell(store.keep(name, value), counting('sends')),
    warning: () => store.warning?.() ?? null,
    clockMs: () => store.clockMs?.() ?? null,
    ping: () => tell(store.ping(), counting('ping')),
    close: () => store.close(),
  };
}

function observe<Part extends object>(part: Part, countError: CountError): Part {
  return new Proxy(part, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function' || COUNTED_ELSEWHERE.has(name)) return member;
      return (...args: unknown[]) => tell(Reflect.apply(member, target, args), countError);
    },
  });
}

/** The promise as it is, its failure told. */
function tell<Result>(answer: Result, countError: CountError): Result {
  if (answer instanceof Promise) answer.catch(countError);
  return answer;
}
