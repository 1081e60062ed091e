import { InvalidInputError, UpstreamUnavailableError } from '../../domain/errors.ts';
import type {
  WebhookAttempt,
  WebhookSettings,
  WebhookSettingsChange,
} from '../../domain/webhook-settings.ts';
import { type CallScope, readCall, type UpstreamAnswer, type UpstreamCall } from '../client/call.ts';
import {
  isUpstreamFailure,
  TransportFailure,
  UpstreamContractError,
  UpstreamError,
} from '../failures/failures.ts';
import { codeIn, unreachableError, withReadErrors } from '../failures/read-errors.ts';
import { verdictOf } from '../failures/verdict.ts';
import { onlyArrayIn } from '../wire/rows.ts';
import { readWebhookAttempt, readWebhookSettings, writeSettingsChange } from '../wire/webhooks.ts';
import { cachedRead, type ProviderParts, type ReadOptions } from './provider-parts.ts';

const SETTINGS_PATH = '/user/webhooks';

/** `GET /user/webhooks`. */
export function fetchWebhookSettings(
  parts: ProviderParts,
  scope: CallScope,
  options: ReadOptions = {},
): Promise<WebhookSettings> {
  const read = ({ body }: UpstreamAnswer) => {
    const settings = readWebhookSettings(body);
    if (settings === null) throw new UpstreamContractError('webhooks', 'the body holds no settings');
    return settings;
  };
  const call = readCall('webhooks', SETTINGS_PATH);
  return withReadErrors(() => cachedRead(parts, scope, call, { ...options, read }));
}

/** `GET /user/webhooks/logs`: the provider's latest attempts. */
export function fetchWebhookAttempts(
  parts: ProviderParts,
  scope: CallScope,
): Promise<readonly WebhookAttempt[]> {
  const call = readCall('webhooks', `${SETTINGS_PATH}/logs`);
  const read = ({ body }: UpstreamAnswer) =>
    parts.rows.read('webhooks', onlyArrayIn('webhooks', body), readWebhookAttempt);
  return withReadErrors(() => cachedRead(parts, scope, call, { read }));
}

/**
 * `PUT /user/webhooks`. Repeating it does no harm, so it is retried like a read.
 *
 * @throws InvalidInputError when the provider does not accept a setting
 */
export async function updateWebhookSettings(
  parts: ProviderParts,
  scope: CallScope,
  change: WebhookSettingsChange,
): Promise<WebhookSettings> {
  const body = writeSettingsChange(change);
  const answer = await write(parts, scope, {
    ...readCall('webhooks', SETTINGS_PATH),
    method: 'PUT',
    body,
  });
  // The provider does not say whether it answers with the settings.
  return readWebhookSettings(answer.body) ?? fetchWebhookSettings(parts, scope, { isFresh: true });
}

/** `POST /user/webhooks/test`. Never repeated once written: each call makes the provider post. */
export async function testWebhook(parts: ProviderParts, scope: CallScope): Promise<void> {
  await write(parts, scope, {
    ...readCall('webhooks', `${SETTINGS_PATH}/test`),
    method: 'POST',
    body: '{}',
    retry: 'only-if-not-done',
  });
}

async function write(
  { client, reads }: ProviderParts,
  scope: CallScope,
  call: UpstreamCall,
): Promise<UpstreamAnswer> {
  try {
    return await withReadErrors(() => client.call(call, scope).catch(throwWriteError));
  } finally {
    reads.drop([SETTINGS_PATH]);
  }
}

/** Which part of the input each code is about. */
const INPUT_PATHS: Readonly<Record<string, readonly string[]>> = {
  INVALID_SECRET: ['input', 'signingSecret'],
  INVALID_TOGGLE: ['input', 'uniqueClicksOnly'],
  CONFLICTING_FIELDS: ['input', 'clearSigningSecret'],
};

/** What a change can meet that a read cannot; the rest is told as for reads. */
function throwWriteError(error: unknown): never {
  if (!isUpstreamFailure(error)) throw error;
  if (error instanceof TransportFailure) throw unreachableError(error, false);
  if (!(error instanceof UpstreamError)) throw error;
  const verdict = verdictOf(error.refusal);
  if (verdict === 'fault')
    throw new UpstreamUnavailableError(`The provider answered with a fault${codeIn(error.refusal)}.`, false);
  if (verdict !== 'invalid') throw error;
  const path = INPUT_PATHS[error.refusal.errorCode ?? ''] ?? ['input'];
  const message = `The provider does not accept these settings${codeIn(error.refusal)}.`;
  throw new InvalidInputError([{ path, message }]);
}
