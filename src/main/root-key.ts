import { createHmac } from 'node:crypto';
import type { Config } from '../config.ts';
import type { Store } from '../store/store.ts';

const KEPT_NAME = 'root-key';
const IN_THE_CLEAR = 'key:';
const CHECK_ONLY = 'check:';

/**
 * The key that stored sends are recognized by. A store stays with the one it began with: with another, a key that was used
 * before would look like one that is used for another message, and an unknown send would never be found in the history.
 *
 * Without GATEWAY_SECRET the first one is made from the provider's key and kept in the store, so that the provider's key can
 * be changed. With it only a check value is kept.
 *
 * @throws Error, with what to do, when GATEWAY_SECRET is not the one that the store began with
 */
export async function openRootKey(
  store: Pick<Store, 'keep'>,
  { rootKey, hasGatewaySecret }: Pick<Config, 'rootKey' | 'hasGatewaySecret'>,
): Promise<Buffer> {
  const check = CHECK_ONLY + createHmac('sha256', rootKey).update(KEPT_NAME).digest('base64url');
  const first = hasGatewaySecret ? check : IN_THE_CLEAR + rootKey.toString('base64url');
  const kept = await store.keep(KEPT_NAME, first);
  if (kept.startsWith(IN_THE_CLEAR)) return Buffer.from(kept.slice(IN_THE_CLEAR.length), 'base64url');
  if (kept === check && hasGatewaySecret) return rootKey;
  const what = hasGatewaySecret
    ? 'GATEWAY_SECRET is not the one'
    : 'GATEWAY_SECRET is not set, but one was set';
  throw new Error(
    `${what} that the store of STORE_URL began with: idempotency keys used before would no longer protect from sending ` +
      'twice. Set it to the former value, or begin with an empty store once no key of the last 7 days matters.',
  );
}
