import { GatewayError } from './errors.ts';

/**
 * The provider refused a byte-identical re-send because it had seen the signed pair before: the first attempt reached it
 * as a request. Whether it became a message is for the history to tell. Nothing was sent by the re-send.
 */
export class SendReplayRefusedError extends GatewayError {
  readonly code = 'OUTCOME_UNKNOWN';
  constructor() {
    super('The provider has seen this send before; what became of it is not known yet.');
  }
}
