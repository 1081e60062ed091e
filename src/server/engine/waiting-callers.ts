import type { Interruptible } from '../../domain/interruptible.ts';

/**
 * Those who wait for one answer. The signal aborts when the last of them is gone; it is made when somebody asks for it: an
 * answer from memory is there before anybody could leave.
 *
 * A class, because one is made for every request: an object literal with a getter gets a hidden class of its own, which
 * the garbage collector keeps for long, and with it everything the getter sees.
 */
export class WaitingCallers implements Interruptible {
  readonly #callers: Interruptible[];
  #everyoneLeft: AbortController | null = null;
  #gone = 0;

  constructor(first: Interruptible) {
    this.#callers = [first];
  }

  join(caller: Interruptible): void {
    this.#callers.push(caller);
    if (this.#everyoneLeft !== null) this.#watch(caller);
  }

  /** True once all of them left: nobody may join any more. */
  get areGone(): boolean {
    return this.#gone === this.#callers.length;
  }

  get signal(): AbortSignal {
    if (this.#everyoneLeft !== null) return this.#everyoneLeft.signal;
    this.#everyoneLeft = new AbortController();
    for (const caller of this.#callers) this.#watch(caller);
    return this.#everyoneLeft.signal;
  }

  #watch({ signal }: Interruptible): void {
    const leave = () => {
      this.#gone += 1;
      if (this.areGone) this.#everyoneLeft?.abort(signal.reason);
    };
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  }
}
