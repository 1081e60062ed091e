import { z } from 'zod';
import type {
  WebhookAttempt,
  WebhookSettings,
  WebhookSettingsChange,
} from '../../domain/webhook-settings.ts';
import { isRecord, optionalCode, optionalFlag, optionalText, toInstantOrNull, toText } from './fields.ts';

const optionalNames = z.array(z.string()).nullish().catch(null);

const settings = z.object({
  delivery_url: optionalText,
  click_url: optionalText,
  conversion_url: optionalText,
  delivery_fields: optionalNames,
  conversion_fields: optionalNames,
  unique_clicks_only: optionalFlag,
  signing_secret_set: optionalFlag,
});

/** Reads the settings, bare or wrapped in one member (the provider does not say). Null when there are none in the body. */
export function readWebhookSettings(body: unknown): WebhookSettings | null {
  const holder = isRecord(body) ? [body, ...Object.values(body)].find(holdsSettings) : undefined;
  if (holder === undefined) return null;
  const data = settings.parse(holder);
  return {
    deliveryUrl: toText(data.delivery_url),
    clickUrl: toText(data.click_url),
    conversionUrl: toText(data.conversion_url),
    deliveryFields: data.delivery_fields ?? [],
    conversionFields: data.conversion_fields ?? [],
    uniqueClicksOnly: data.unique_clicks_only ?? null,
    isSigningSecretSet: data.signing_secret_set ?? false,
  };
}

const holdsSettings = (value: unknown): boolean =>
  isRecord(value) && ('delivery_url' in value || 'signing_secret_set' in value);

/** Our names of the settings, and the provider's. */
const WIRE_NAMES = {
  deliveryUrl: 'delivery_url',
  clickUrl: 'click_url',
  conversionUrl: 'conversion_url',
  deliveryFields: 'delivery_fields',
  conversionFields: 'conversion_fields',
  uniqueClicksOnly: 'unique_clicks_only',
  signingSecret: 'signing_secret',
  clearSigningSecret: 'clear_signing_secret',
} as const satisfies Record<keyof WebhookSettingsChange, string>;

/** The body of a partial update: a member that is absent is left out, so that it keeps its value. */
export function writeSettingsChange(change: WebhookSettingsChange): string {
  const wire = Object.entries(change).map(([name, value]) => [
    WIRE_NAMES[name as keyof WebhookSettingsChange],
    value,
  ]);
  return JSON.stringify(Object.fromEntries(wire));
}

const attemptRow = z.object({
  id: optionalCode,
  event: optionalText,
  event_type: optionalText,
  url: optionalText,
  http_status: optionalCode,
  status_code: optionalCode,
  response_status: optionalCode,
  success: optionalFlag,
  attempted_at: optionalText,
  created_at: optionalText,
  timestamp: optionalText,
});

/** The provider does not state the members of its log: the likely names are tried, each may be missing. */
export function readWebhookAttempt(row: unknown): WebhookAttempt | null {
  const { success, data } = attemptRow.safeParse(row);
  if (!success) return null;
  const httpStatus = toStatus(data.http_status ?? data.status_code ?? data.response_status);
  const attemptedAt = toInstantOrNull(data.attempted_at ?? data.created_at ?? data.timestamp);
  return {
    attemptId: toText(data.id) ?? attemptedAt ?? '',
    event: toText(data.event ?? data.event_type),
    url: toText(data.url),
    httpStatus,
    isSuccessful: data.success ?? (httpStatus === null ? null : httpStatus >= 200 && httpStatus < 300),
    attemptedAt,
  };
}

function toStatus(value: string | number | null | undefined): number | null {
  const status = Number(value ?? Number.NaN);
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : null;
}
