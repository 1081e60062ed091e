import { createHmac, hkdfSync } from 'node:crypto';
import type { SendRequest } from '../../domain/send.ts';
import type { SendFingerprint } from '../../store/store.ts';

const PURPOSE = 'send-fingerprint/1';

/** The text as the ledger keeps it: keyed, because short texts such as codes could be guessed from a plain hash. */
export const hashText = (rootKey: Buffer, text: string): string => mac(rootKey, ['text', text]);

/** What a send is recognized by, now and in the provider's history, without its text. */
export function fingerprintSend(rootKey: Buffer, request: SendRequest): SendFingerprint {
  const { to, text, sender } = request;
  return {
    inputHash: mac(rootKey, ['input', to, text, sender]),
    textHash: hashText(rootKey, text),
    recipients: to,
    sender,
    signedAttempt: null,
  };
}

function mac(rootKey: Buffer, parts: readonly unknown[]): string {
  const key = Buffer.from(hkdfSync('sha256', rootKey, '', PURPOSE, 32));
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}
