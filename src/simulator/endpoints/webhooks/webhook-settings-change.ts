import { ApiProblem } from '../../api/api-problem.ts';
import { readJsonObject } from '../../api/json-body.ts';
import type { WebhookSettings } from '../../delivery/workspace-webhooks.ts';

const MAX_SECRET_LENGTH = 64;
const MAX_URL_LENGTH = 2_048;

/** Fields of a delivery report; two of them come only when asked for. */
const DELIVERY_FIELDS: ReadonlySet<unknown> = new Set([
  'message_id',
  'recipient',
  'sender_id',
  'status',
  'status_code',
  'num_parts',
  'cost',
  'timestamp',
  'workspace_id',
  'telecom_message_id',
]);

const CONVERSION_FIELDS: ReadonlySet<unknown> = new Set([
  'message_id',
  'recipient',
  'sender_id',
  'action_type',
  'action_at',
  'timestamp',
  'workspace_id',
  'telecom_message_id',
]);

type Body = Readonly<Record<string, unknown>>;

function isHttpUrl(text: string): boolean {
  if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return false;
  return ['http:', 'https:'].includes(new URL(text).protocol);
}

function readUrl(body: Body, name: string, current: string | null): string | null {
  const url = body[name];
  if (url === undefined) return current;
  if (url === null || url === '') return null;
  if (typeof url === 'string' && isHttpUrl(url)) return url;
  throw new ApiProblem('INVALID_URL', `${name} must be an http or https address, or null.`);
}

function readSecret(body: Body, current: string | null): string | null {
  const secret = body['signing_secret'] ?? null;
  if (secret === null) return body['clear_signing_secret'] === true ? null : current;
  if (typeof secret === 'string' && secret !== '' && secret.length <= MAX_SECRET_LENGTH) return secret;
  throw new ApiProblem('INVALID_SECRET', `signing_secret must have 1 to ${MAX_SECRET_LENGTH} characters.`);
}

function readFields(
  body: Body,
  name: string,
  known: ReadonlySet<unknown>,
  current: readonly string[],
): readonly string[] {
  const fields = body[name];
  if (fields === undefined) return current;
  const isKnownList = Array.isArray(fields) && fields.every((field) => known.has(field));
  if (!isKnownList) throw new ApiProblem('INVALID_FIELDS', `${name} must be a list of known fields.`);
  return [...new Set(fields.map(String))];
}

function readToggle(body: Body, name: string, current: boolean): boolean {
  const toggle = body[name];
  if (toggle === undefined) return current;
  if (typeof toggle === 'boolean') return toggle;
  throw new ApiProblem('INVALID_TOGGLE', `${name} must be true or false.`);
}

function requireNoConflict(body: Body): void {
  if (readToggle(body, 'clear_signing_secret', false) && (body['signing_secret'] ?? null) !== null) {
    throw new ApiProblem('CONFLICTING_FIELDS', 'signing_secret and clear_signing_secret exclude each other.');
  }
}

/**
 * Applies a partial update: what is not named stays as it is, and one thing wrong leaves everything as it is.
 *
 * @throws ApiProblem with the codes in the order of the provider's list
 */
export function changeWebhookSettings(text: string, current: WebhookSettings): WebhookSettings {
  const body = readJsonObject(text);
  const next: WebhookSettings = {
    deliveryUrl: readUrl(body, 'delivery_url', current.deliveryUrl),
    clickUrl: readUrl(body, 'click_url', current.clickUrl),
    conversionUrl: readUrl(body, 'conversion_url', current.conversionUrl),
    signingSecret: readSecret(body, current.signingSecret),
    deliveryFields: readFields(body, 'delivery_fields', DELIVERY_FIELDS, current.deliveryFields),
    conversionFields: readFields(body, 'conversion_fields', CONVERSION_FIELDS, current.conversionFields),
    uniqueClicksOnly: readToggle(body, 'unique_clicks_only', current.uniqueClicksOnly),
  };
  requireNoConflict(body);
  return next;
}
