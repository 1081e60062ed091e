import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  handleWhenResult,
} from 'cockatiel';

/** Stops calling a provider that does not answer, so that callers fail fast and it can recover. */
export interface CircuitBreaker<Outcome> {
  /** Runs the attempt, or returns null at once while the circuit is open. What `attempt` throws is not counted. */
  run<Result extends Outcome>(attempt: () => Promise<Result>): Promise<Result | null>;
}

export interface CircuitBreakerOptions {
  /** Attempts looked back on. @default 20 */
  readonly window: number;
  /** Share of failed attempts, of a full window, that opens the circuit. @default 0.5 */
  readonly threshold: number;
  /** Until one attempt is let through to see. @default 5000 */
  readonly openMs: number;
}

export type CircuitChange = 'opened' | 'half_opened' | 'closed';

/**
 * @param isOutage tells which results count against the provider; `isProbe` while the circuit is tried again, when anything
 * but an answer should keep it open
 * @param onChange hears every change of state
 */
export function createCircuitBreaker<Outcome>(
  options: CircuitBreakerOptions,
  isOutage: (outcome: Outcome, isProbe: boolean) => boolean,
  onChange: (change: CircuitChange) => void,
): CircuitBreaker<Outcome> {
  const policy: CircuitBreakerPolicy = circuitBreaker(
    handleWhenResult((result) => isOutage(result as Outcome, policy.state === CircuitState.HalfOpen)),
    {
      halfOpenAfter: options.openMs,
      breaker: new CountBreaker({ threshold: options.threshold, size: options.window }),
    },
  );
  policy.onBreak(() => onChange('opened'));
  policy.onHalfOpen(() => onChange('half_opened'));
  policy.onReset(() => onChange('closed'));

  return {
    async run(attempt) {
      // While one attempt probes, cockatiel would let the others wait for it; they are to fail fast.
      if (policy.state === CircuitState.HalfOpen) return null;
      try {
        return await policy.execute(attempt);
      } catch (error) {
        if (error instanceof BrokenCircuitError) return null;
        throw error;
      }
    },
  };
}
