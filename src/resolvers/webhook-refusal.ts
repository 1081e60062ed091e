import { UpstreamRefusedError, WebhookRefusedError } from '../domain/errors.ts';
import { toUserErrorCode } from '../domain/user-error-code.ts';

/** A refusal with a code that callers can act on becomes data; any other stays an error of the whole field. */
export async function refusalAsData<Result>(change: () => Promise<Result>): Promise<Result> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof UpstreamRefusedError) || error.providerCode === null) throw error;
    if (toUserErrorCode(error.providerCode) === 'UNRECOGNIZED') throw error;
    throw new WebhookRefusedError(error.providerCode, error.message);
  }
}
