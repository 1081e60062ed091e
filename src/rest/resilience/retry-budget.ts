/** Lets retries be a bounded share of the traffic, so that a provider in trouble is not buried under them. */
export interface RetryBudget {
  /** A first attempt was made: it earns a part of a retry. */
  earn(): void;
  /** Takes one retry; false when there is none left. */
  spend(): boolean;
}

export interface RetryBudgetOptions {
  /** Retries that each first attempt earns. @default 0.2 */
  readonly ratio: number;
  /** Retries that may be saved up, and that are there at the start. @default 20 */
  readonly reserve: number;
}

export function createRetryBudget({ ratio, reserve }: RetryBudgetOptions): RetryBudget {
  let tokens = reserve;
  return {
    earn() {
      tokens = Math.min(reserve, tokens + ratio);
    },
    spend() {
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
