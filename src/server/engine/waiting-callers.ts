import type { Interruptible } from '../../rest/provider-session.ts';

/** Those who wait for one answer. The signal aborts when the last of them is gone. */
export interface WaitingCallers extends Interruptible {
  join(caller: Interruptible): void;
  /** True once all of them left: nobody may join any more. */
  readonly areGone: boolean;
}

/** Signals are made when somebody asks for one: an answer from memory is there before anybody could leave. */
export function createWaitingCallers(first: Interruptible): WaitingCallers {
  const callers = [first];
  let everyoneLeft: AbortController | null = null;
  let gone = 0;

  function watch({ signal }: Interruptible): void {
    const leave = () => {
      gone += 1;
      if (gone === callers.length) everyoneLeft?.abort(signal.reason);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  }

  return {
    join(caller) {
      callers.push(caller);
      if (everyoneLeft !== null) watch(caller);
    },
    get areGone() {
      return gone === callers.length;
    },
    get signal() {
      if (everyoneLeft !== null) return everyoneLeft.signal;
      everyoneLeft = new AbortController();
      for (const caller of callers) watch(caller);
      return everyoneLeft.signal;
    },
  };
}
