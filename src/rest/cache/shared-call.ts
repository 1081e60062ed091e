/** One call that several callers wait for. It is aborted only when all of them are gone. */
export interface SharedCall<Result> {
  /** Waits for the result, or until the caller's own signal aborts. */
  join(signal: AbortSignal): Promise<Result>;
  /** True once every caller left: the call is being aborted, and nobody may join it. */
  isAbandoned(): boolean;
}

export function startSharedCall<Result>(start: (signal: AbortSignal) => Promise<Result>): SharedCall<Result> {
  const controller = new AbortController();
  const result = start(controller.signal);
  result.catch(() => undefined); // told to those who joined; there may be none left
  let callers = 0;

  function leave(): void {
    callers -= 1;
    if (callers === 0) controller.abort(new Error('Every caller is gone.'));
  }

  return {
    join(signal) {
      callers += 1;
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          leave();
          reject(signal.reason);
        };
        if (signal.aborted) return onAbort();
        signal.addEventListener('abort', onAbort, { once: true });
        const stopListening = () => signal.removeEventListener('abort', onAbort);
        result.finally(stopListening).then(resolve, reject);
      });
    },
    isAbandoned: () => controller.signal.aborted,
  };
}
