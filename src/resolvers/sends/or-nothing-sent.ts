import { UpstreamUnavailableError } from '../../domain/errors.ts';
import { StoreUnavailableError } from '../../store/store.ts';

/**
 * Work on the store that must be done before a send: without it nothing is sent, and the caller is told so.
 *
 * @throws UpstreamUnavailableError, safe to retry, when the store is away
 */
export async function orNothingSent<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    throw new UpstreamUnavailableError(
      'The send could not be recorded, so nothing was sent by this request. Ask again with the same idempotency key.',
      true,
    );
  }
}
