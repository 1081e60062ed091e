import type { SendRequest } from '../../domain/send.ts';
import type { SendFingerprint } from '../../store/store.ts';

/** A send that passed validation, and what the ledger will know it by. */
export interface PreparedSend {
  readonly request: SendRequest;
  readonly idempotencyKey: string;
  readonly fingerprint: SendFingerprint;
}
