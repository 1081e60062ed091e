import type { SendReceipt } from '../../domain/send.ts';

/** What the provider answered to a send, now or earlier. */
export interface SendResult extends SendReceipt {
  /** The key was used before: this is what became of that send; nothing was sent now. */
  readonly isReplay: boolean;
}
