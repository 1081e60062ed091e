import type { GatewayError } from '../domain/errors.ts';
import { toUserErrorCode, type UserErrorCode } from '../domain/user-error-code.ts';
import { builder } from './builder.ts';

const UserErrorCodeEnum = builder.enumType('UserErrorCode', {
  description: 'Stable codes of the errors that mutations return as data.',
  values: {
    INVALID_BODY: { description: 'The provider could not read the request. Nothing was done.' },
    INVALID_PARAMS: { description: 'The provider refused a parameter. Nothing was done.' },
    INVALID_TO: { description: 'The provider refused a recipient. Nothing was sent.' },
    INVALID_MESSAGE: { description: 'The provider refused the text. Nothing was sent.' },
    INVALID_SENDER: { description: 'The provider refused the sender ID. Nothing was sent.' },
    TOO_MANY_RECIPIENTS: { description: 'More recipients than one send may have. Nothing was sent.' },
    INSUFFICIENT_BALANCE: { description: 'The balance does not cover the send. Nothing was sent.' },
    FORBIDDEN: { description: 'The provider key lacks the permission.' },
    NO_SMS_ACCESS: { description: 'The provider account has no SMS access.' },
    CONFIG_ERROR: { description: 'The provider account is not configured for this.' },
    WORKSPACE_NOT_AVAILABLE: { description: 'The workspace is not available at the provider.' },
    CROSS_TENANT_WORKSPACE: { description: 'The workspace belongs to another account of the provider.' },
    NO_MAIN_WORKSPACE: { description: 'The provider account has no main workspace.' },
    SANDBOX_UNAVAILABLE: { description: "The provider's sandbox is down. Nothing was sent." },
    INVALID_URL: { description: 'The provider refused a webhook URL.' },
    INVALID_SECRET: { description: 'The provider refused the signing secret.' },
    INVALID_FIELDS: { description: 'The provider refused a list of webhook fields.' },
    INVALID_TOGGLE: { description: 'The provider refused a switch of the webhook settings.' },
    CONFLICTING_FIELDS: { description: 'Two of the given webhook settings exclude each other.' },
    INVALID_INPUT: { description: 'The input has problems, listed one by one. Nothing was done.' },
    RATE_LIMITED: { description: 'Too many requests: wait and try again. Nothing was done.' },
    IDEMPOTENCY_CONFLICT: { description: 'The idempotency key was used before with another input.' },
    OUTCOME_UNKNOWN: { description: 'It may or may not have been sent: ask again with the same key.' },
    UPSTREAM_UNAVAILABLE: { description: 'The provider could not be reached or answered with a fault.' },
    UPSTREAM_REFUSED: { description: 'The provider refused without a code that this version knows.' },
    RECIPIENT_LIMIT: { description: 'A guard refused: too many messages to one recipient.' },
    PREFIX_LIMIT: { description: 'A guard refused: too many messages to one range of numbers.' },
    CALLER_LIMIT: { description: 'A guard refused: too many messages of one caller.' },
    WORKSPACE_LIMIT: { description: 'A guard refused: too many messages of the workspace.' },
    COUNTRY_NOT_ALLOWED: { description: 'A guard refused: messages to this country are not allowed.' },
    SPEND_CAP: { description: 'A guard refused: the spend cap of the hour or the day is reached.' },
    SEQUENTIAL_NUMBERS: { description: 'A guard refused: a run of sequential numbers, as pumping shows.' },
    UNRECOGNIZED: { description: 'A code that this version does not know; `message` says what happened.' },
  } as const satisfies Record<UserErrorCode, { description: string }>,
});

/**
 * What every error member of an outcome implements. Members are the error classes of `domain/errors.ts`: a mutation
 * declares `errors: { types: [TheError], … }`, its resolver throws, and the errors plugin returns it as data.
 */
export const UserErrorInterface = builder.interfaceRef<GatewayError>('UserError').implement({
  description: 'An error that the caller can act on, returned as data by mutations.',
  fields: (t) => ({
    message: t.exposeString('message', {
      description: 'What is wrong, as a sentence for the caller, such as `to.3 is not a number in E.164`.',
    }),
    code: t.field({
      type: UserErrorCodeEnum,
      description: 'A stable code to branch on, such as `INVALID_INPUT`.',
      resolve: (error) => toUserErrorCode(error.code),
    }),
  }),
});
