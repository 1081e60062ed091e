const REDACTED = '[redacted]';
const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
const MAX_TEXT_LENGTH = 2000;

/** Names, without case and punctuation, whose values are never logged. */
const PRIVATE_NAMES: ReadonlySet<string> = new Set([
  'apikey',
  'apisecret',
  'authorization',
  'body',
  'connectionparams',
  'cookie',
  'document',
  'headers',
  'input',
  'key',
  'password',
  'payload',
  'phone',
  'phonecontains',
  'query',
  'rawbody',
  'rootkey',
  'secret',
  'secrets',
  'setcookie',
  'signature',
  'signingsecret',
  'smstext',
  'text',
  'token',
  'variables',
  'variablevalues',
  'webhooksecrets',
  'xapikey',
  'xsignature',
  'xwebhooksignature',
]);

/**
 * A copy that may be logged: members with private names are blotted out, errors are reduced to name, code, message, stack and
 * cause, long texts and lists are cut. Whatever else an error carries (a request, a response body) is dropped.
 */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cutText(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redactValue(item, depth + 1));
  return redactMembers(value, depth);
}

/** The members of a log line's own object. */
export function redactMembers(value: object, depth = 0): Record<string, unknown> {
  const members = Object.entries(value)
    .slice(0, MAX_ITEMS)
    .map(([name, member]) => [name, isPrivateName(name) ? REDACTED : redactValue(member, depth + 1)]);
  return Object.fromEntries(members);
}

const isPrivateName = (name: string): boolean => PRIVATE_NAMES.has(name.toLowerCase().replace(/[^a-z]/g, ''));

function describeError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  return {
    type: error.name,
    code,
    message: cutText(withoutQuotedInput(error.message)),
    stack: frames.slice(0, 12).join('\n'),
    cause:
      error.cause instanceof Error && depth < MAX_DEPTH ? describeError(error.cause, depth + 1) : undefined,
  };
}

/** JSON.parse and the coercion of GraphQL variables quote what they were given: a text, a number, a token. */
const withoutQuotedInput = (message: string): string =>
  message
    .replace(/got invalid value [\s\S]*/, `got invalid value ${REDACTED}`)
    .replace(/(?:, )?(?:\.\.\.)?"[\s\S]*(?= is not valid JSON)/, ` ${REDACTED}`)
    .replace(/^Unexpected token .*? in JSON/, `Unexpected token ${REDACTED} in JSON`);

const DIGIT_RUN = /\d{5,}/g;

/** A name that a caller chose, without what may be a number in it: `SendTo•••••`. */
export const hideDigits = (name: string): string => name.replace(DIGIT_RUN, '•••••');

const cutText = (text: string): string =>
  text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH)}… (${text.length} characters)`;
