import {
  IdempotencyConflictError,
  InvalidInputError,
  OutcomeUnknownError,
  RateLimitedError,
  UpstreamUnavailableError,
} from '../../domain/errors.ts';
import type { Metrics } from '../../metrics.ts';
import type { SendResult } from './send-result.ts';

/** Counts how a send ended, once. */
export async function countSend(
  { sends }: Pick<Metrics, 'sends'>,
  send: () => Promise<SendResult>,
): Promise<SendResult> {
  try {
    const result = await send();
    sends.inc({ outcome: result.isReplay ? 'replayed' : 'sent' });
    return result;
  } catch (error) {
    sends.inc({ outcome: outcomeOf(error) });
    throw error;
  }
}

function outcomeOf(error: unknown): Parameters<Metrics['sends']['inc']>[0]['outcome'] {
  if (error instanceof InvalidInputError) return 'invalid';
  if (error instanceof IdempotencyConflictError) return 'conflict';
  if (error instanceof OutcomeUnknownError) return 'unknown';
  if (error instanceof UpstreamUnavailableError || error instanceof RateLimitedError) return 'not_sent';
  return 'refused';
}
