/** The engine is away or too slow. Nothing is known to be written; the caller may try again. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** Written, but too few replicas have it: a failover may lose it. It counts as not written, and may be tried again. */
export class TooFewReplicasError extends StoreUnavailableError {
  constructor(confirmed: number, needed: number) {
    super(`Only ${confirmed} of ${needed} replicas have confirmed the write.`);
  }
}

/** Whatever went wrong in an engine, as the one error that callers know. */
export function asUnavailable(error: unknown): StoreUnavailableError {
  if (error instanceof StoreUnavailableError) return error;
  const reason = error instanceof Error ? error.message : 'unknown reason';
  return new StoreUnavailableError(`The store failed: ${reason}`, { cause: error });
}
