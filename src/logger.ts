import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { createLineCleaner } from './logger/clean-line.ts';
import { redactMembers, redactValue } from './logger/redact-value.ts';

export type Logger = PinoLogger;

export interface LoggerOptions {
  /** Values that must never appear in a line: the configured keys and secrets. */
  readonly secrets?: readonly string[];
  /** @default standard output */
  readonly destination?: DestinationStream;
}

/**
 * Structured logs, one JSON object a line. Two nets hold back what must not be seen: members with private names are redacted
 * before a line is built, and numbers, keys and tokens are masked in the finished line.
 */
export function createLogger(level: string, options: LoggerOptions = {}): Logger {
  const destination = options.destination ?? pino.destination({ dest: 1, sync: true });
  const cleanLine = createLineCleaner(options.secrets ?? []);
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactMembers },
      // Errors are described by redactValue; the stock serializer would copy every member of them.
      serializers: { err: redactValue },
      hooks: { logMethod: logRedacted },
    },
    { write: (line) => void destination.write(cleanLine(line)) },
  );
  return redactChildBindings(logger);
}

/** What is interpolated is redacted too; `logger.error(error)` alone would make the error's own text the message. */
function logRedacted(this: Logger, args: Parameters<Logger['info']>, method: Logger['info']): void {
  const [first, ...rest]: unknown[] = args;
  const values = rest.map((value) => redactValue(value));
  if (first instanceof Error) method.call(this, { err: first }, ...asMessage(values));
  else Reflect.apply(method, this, [first, ...values]);
}

const asMessage = ([message, ...values]: unknown[]): [string, ...unknown[]] => [
  String(message ?? 'Unexpected error'),
  ...values,
];

/** pino writes a child's bindings past its formatters; children of children inherit this. */
function redactChildBindings(logger: Logger): Logger {
  const child = logger.child;
  return Object.assign(logger, {
    child(this: Logger, ...[bindings, options]: Parameters<Logger['child']>) {
      return child.call(this, redactMembers(bindings), options);
    },
  });
}
