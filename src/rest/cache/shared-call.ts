import { type StopSignal, StopSwitch } from '../resilience/stop-signal.ts';

/** One call that several callers wait for. It is aborted only when all of them are gone. */
export class SharedCall<Result> {
  readonly #everyoneLeft = new StopSwitch();
  readonly #result: Promise<Result>;
  #callers = 0;

  constructor(start: (signal: StopSignal) => Promise<Result>) {
    this.#result = start(this.#everyoneLeft);
    this.#result.catch(ignore); // told to those who joined; there may be none left
  }

  /** True once every caller left: the call is being aborted, and nobody may join it. */
  get isAbandoned(): boolean {
    return this.#everyoneLeft.aborted;
  }

  /** Waits for the result, or until the caller's own signal aborts. */
  join(signal: StopSignal): Promise<Result> {
    this.#callers += 1;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#callers -= 1;
        if (this.#callers === 0) this.#everyoneLeft.abort(new Error('Every caller is gone.'));
        reject(signal.reason);
      };
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      const stopListening = () => signal.removeEventListener('abort', onAbort);
      this.#result.then(resolve, reject).then(stopListening);
    });
  }
}

const ignore = () => undefined;
