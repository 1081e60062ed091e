/**
 * Whoever waits for something and may stop to: an AbortController, for one. Signals are costly to make, so one is made when
 * it is first read.
 */
export interface Interruptible {
  readonly signal: AbortSignal;
}
