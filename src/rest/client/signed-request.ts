import type { SignedAttempt } from '../../domain/send.ts';
import type { StopSignal } from '../resilience/stop-signal.ts';
import type { Signer } from '../signing/signer.ts';
import type { UpstreamCall } from './call.ts';
import type { HttpRequest } from './exchange.ts';

export interface RequestCredentials {
  readonly apiKey: string;
  /** Null when the key does not sign. */
  readonly signer: Signer | null;
  /** Path of the base URL, without a trailing slash: part of what is signed. */
  readonly basePath: string;
}

/**
 * Puts the key, and the signature if the key signs, on a call. Resolves once the call's `beforeWrite` has.
 *
 * @param isAgain the provider refused the signature of the attempt before
 */
export async function signRequest(
  call: UpstreamCall,
  { apiKey, signer, basePath }: RequestCredentials,
  signal: StopSignal,
  isAgain: boolean,
): Promise<HttpRequest> {
  const path = basePath + call.path;
  const headers: Record<string, string> = { 'x-api-key': apiKey, accept: 'application/json, text/csv' };
  if (call.body !== null) headers['content-type'] = 'application/json';
  const toSign = { method: call.method, path, body: call.body ?? '' };
  const signed = signer === null ? null : (call.signedAs ?? (await signer.sign(toSign, signal, isAgain)));
  if (signed !== null) addSignature(headers, signed);
  await call.beforeWrite?.(signed);
  const { area, method, body, mayStillStart } = call;
  const target = call.query === '' ? path : `${path}?${call.query}`;
  return { area, method, target, headers, body, mayStillStart };
}

function addSignature(headers: Record<string, string>, { timestamp, signature }: SignedAttempt): void {
  headers['x-timestamp'] = String(timestamp);
  headers['x-signature'] = signature;
}
