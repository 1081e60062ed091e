import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import {
  CursorExpiredError,
  GatewayError,
  InvalidInputError,
  OutcomeUnknownError,
  RateLimitedError,
  SlowConsumerError,
  UpstreamRefusedError,
  UpstreamUnavailableError,
} from '../../domain/errors.ts';
import type { Interruptible } from '../../domain/interruptible.ts';
import type { Logger } from '../../logger.ts';
import { StoreUnavailableError } from '../../store/store.ts';
import { HttpError } from '../http/http-error.ts';
import { hideSchemaNames } from './hide-schema-names.ts';

/**
 * Where an error came up. `request`: the document or the variables cannot be used, GraphQL's own words are for the
 * caller. `execution`: our code ran, only a GatewayError is for the caller.
 */
export type ErrorPhase = 'request' | 'execution';

/** Who is shown an error, and, where it may leave before, its signal. */
export interface ErrorReader {
  readonly requestId: string;
  readonly hangUp?: Interruptible;
}

/** The one place where errors become what a caller sees; all transports go through it. */
export type PresentError = (error: unknown, phase: ErrorPhase, reader: ErrorReader) => GraphQLFormattedError;

const MASKED_MESSAGE = 'Something went wrong here. Give the request id when you ask about it.';
/** GraphQL's own words about an argument that a nullable variable left empty: found while executing, yet the caller's. */
const ARGUMENT_PROBLEM = /^Argument "\w+" of (non-null|required) type /;

/** @param options.hidesSchema callers may not learn names of the schema that they do not know */
export function createErrorPresenter(
  logger: Logger,
  options: { readonly hidesSchema: boolean },
): PresentError {
  return (error, phase, reader) => {
    const { requestId } = reader;
    const told = messageForCaller(error, phase);
    if (told === null && !isAbandoned(error, reader))
      logger.error({ err: rootCauseOf(error), requestId }, 'masked an unexpected error');
    const message = told === null ? MASKED_MESSAGE : withPlace(told.message, error);
    const { locations, path } = error instanceof GraphQLError ? error.toJSON() : {};
    return {
      message: options.hidesSchema ? hideSchemaNames(message) : message,
      ...(locations === undefined ? {} : { locations }),
      ...(path === undefined ? {} : { path }),
      extensions: { ...(told?.extensions ?? { code: 'INTERNAL_SERVER_ERROR' }), requestId },
    };
  };
}

/**
 * True when the work ended because its caller left: nobody reads the answer, and nothing is wrong here. Any other error
 * stays one, also when its caller has left.
 */
export function isAbandoned(error: unknown, { hangUp }: ErrorReader): boolean {
  if (hangUp === undefined || !hangUp.signal.aborted) return false;
  const cause = rootCauseOf(error);
  return cause === hangUp.signal.reason || (cause instanceof Error && cause.name === 'AbortError');
}

/** GraphQL says in front of the cause which variable, and where in it, cannot be used. */
const withPlace = (message: string, error: unknown): string =>
  error instanceof GraphQLError && error.message.endsWith(message) ? error.message : message;

interface Told {
  readonly message: string;
  readonly extensions: { readonly code: string } & Readonly<Record<string, unknown>>;
}

/** What the caller may be told, or null when the error is a bug of ours. */
function messageForCaller(error: unknown, phase: ErrorPhase): Told | null {
  const cause = rootCauseOf(error);
  if (cause instanceof GatewayError)
    return { message: cause.message, extensions: { code: cause.code, ...detailsOf(cause) } };
  if (cause instanceof HttpError) return { message: cause.message, extensions: { code: cause.code } };
  if (cause instanceof StoreUnavailableError)
    return {
      message: 'The gateway cannot reach its own store right now. Try again.',
      extensions: { code: 'STORE_UNAVAILABLE' },
    };
  if (!(cause instanceof GraphQLError)) return null;
  if (phase === 'execution' && !ARGUMENT_PROBLEM.test(cause.message)) return null;
  const code = cause.extensions?.['code'];
  return { message: cause.message, extensions: { code: typeof code === 'string' ? code : 'BAD_USER_INPUT' } };
}

/** GraphQL wraps what a resolver throws, sometimes twice. */
function rootCauseOf(error: unknown): unknown {
  let cause = error;
  while (cause instanceof GraphQLError && cause.originalError != null) cause = cause.originalError;
  return cause;
}

function detailsOf(error: GatewayError): Readonly<Record<string, unknown>> {
  if (error instanceof UpstreamRefusedError) return { providerCode: error.providerCode };
  if (error instanceof RateLimitedError) return { retryAfterSeconds: error.retryAfterSeconds };
  if (error instanceof CursorExpiredError) return { oldestAvailable: error.oldestAvailable };
  if (error instanceof SlowConsumerError) return { cursor: error.cursor };
  if (error instanceof UpstreamUnavailableError) return { isSafeToRetry: error.isSafeToRetry };
  if (error instanceof OutcomeUnknownError) return { idempotencyKey: error.idempotencyKey };
  if (error instanceof InvalidInputError) return { problems: error.problems };
  return {};
}
