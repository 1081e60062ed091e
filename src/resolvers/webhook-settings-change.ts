import { type InputProblem, InvalidInputError } from '../domain/errors.ts';
import type { WebhookSettingsChange } from '../domain/webhook-settings.ts';

/** The settings as callers write them: absent keeps a setting, a null URL switches that webhook off. */
export interface WebhookSettingsInput {
  readonly deliveryUrl?: string | null | undefined;
  readonly clickUrl?: string | null | undefined;
  readonly conversionUrl?: string | null | undefined;
  readonly deliveryFields?: readonly string[] | null | undefined;
  readonly conversionFields?: readonly string[] | null | undefined;
  readonly uniqueClicksOnly?: boolean | null | undefined;
  readonly signingSecret?: string | null | undefined;
  readonly clearSigningSecret?: boolean | null | undefined;
}

const URL_FIELDS = ['deliveryUrl', 'clickUrl', 'conversionUrl'] as const;
/** The provider's limit on `signing_secret`. */
const MAX_SECRET_LENGTH = 64;

/** @throws InvalidInputError with all problems of the input */
export function webhookSettingsChange(input: WebhookSettingsInput): WebhookSettingsChange {
  const change = givenSettings(input);
  const problems = [...urlProblems(input), ...secretProblems(input)];
  if (problems.length === 0 && Object.keys(change).length === 0) {
    problems.push({ path: ['input'], message: 'Give at least one setting to change.' });
  }
  if (problems.length > 0) throw new InvalidInputError(problems);
  return change;
}

function givenSettings(input: WebhookSettingsInput): WebhookSettingsChange {
  const { deliveryUrl, clickUrl, conversionUrl, deliveryFields, conversionFields } = input;
  return {
    ...(deliveryUrl !== undefined && { deliveryUrl: deliveryUrl || null }),
    ...(clickUrl !== undefined && { clickUrl: clickUrl || null }),
    ...(conversionUrl !== undefined && { conversionUrl: conversionUrl || null }),
    ...(deliveryFields != null && { deliveryFields }),
    ...(conversionFields != null && { conversionFields }),
    ...(input.uniqueClicksOnly != null && { uniqueClicksOnly: input.uniqueClicksOnly }),
    ...(input.signingSecret != null && { signingSecret: input.signingSecret }),
    ...(input.clearSigningSecret === true && { clearSigningSecret: true }),
  };
}

function urlProblems(input: WebhookSettingsInput): InputProblem[] {
  return URL_FIELDS.filter((field) => input[field] && !isWebUrl(input[field])).map((field) => ({
    path: ['input', field],
    message: 'Give an absolute URL that starts with https:// or http://, or null to switch the webhook off.',
  }));
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol);
}

function secretProblems({ signingSecret, clearSigningSecret }: WebhookSettingsInput): InputProblem[] {
  const problems: InputProblem[] = [];
  const report = (message: string) => problems.push({ path: ['input', 'signingSecret'], message });
  if (signingSecret === '') report('Give a secret, or clearSigningSecret to remove it.');
  if ((signingSecret?.length ?? 0) > MAX_SECRET_LENGTH) {
    report(`A signing secret has at most ${MAX_SECRET_LENGTH} characters.`);
  }
  if (signingSecret && clearSigningSecret)
    report('Give either signingSecret or clearSigningSecret, not both.');
  return problems;
}
