import { StoreUnavailableError } from '../store.ts';

/** The server answered, but with an error. */
export class RefusalError extends StoreUnavailableError {
  constructor(
    /** The first word of the answer: `READONLY`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['OOM', 'refuses writes: its memory is full (maxmemory).'],
  ['READONLY', 'refuses writes: it is a replica, not the primary.'],
  ['UNBLOCKED', 'refuses writes: it became a replica.'],
  ['MASTERDOWN', 'does not answer: it is a replica that has lost its primary.'],
  ['LOADING', 'does not answer yet: it is still loading its data.'],
  ['MISCONF', 'refuses writes: it cannot save them to its disk (MISCONF).'],
  ['NOREPLICAS', 'refuses writes: too few replicas are connected to it (min-replicas-to-write).'],
  ['BUSY', 'does not answer: a script keeps it busy.'],
  ['NOPERM', 'refuses a command: the user of STORE_URL may not use it (docs/store.md names those needed).'],
  ['NOAUTH', 'asks for a password: add it to STORE_URL.'],
  ['WRONGPASS', 'refuses the user or the password of STORE_URL.'],
  ['CROSSSLOT', 'is a cluster: put a hash tag into the prefix (STORE_URL with ?prefix={gateway}:).'],
]);

/** Answers of a server that commands must not stay with: the primary is elsewhere, or not there yet. */
const NOT_THE_PRIMARY: ReadonlySet<string> = new Set(['READONLY', 'UNBLOCKED', 'MASTERDOWN', 'LOADING']);

export const isNotThePrimary = (error: unknown): boolean =>
  error instanceof RefusalError && NOT_THE_PRIMARY.has(error.code);

/** An error reply as a sentence that names the cause, without keys and values. */
export function explainReply(serverName: string, reply: string): RefusalError {
  const code = reply.startsWith('ERR WAIT cannot be used with replica')
    ? 'READONLY'
    : (/^[A-Z]+/.exec(reply)?.[0] ?? 'ERR');
  // What is between quotes comes from the command.
  const explanation =
    SENTENCES.get(code) ?? `answered with an error: ${reply.replaceAll(/(['"`]).*\1/gs, '…').slice(0, 200)}`;
  return new RefusalError(code, `Redis at ${serverName} ${explanation}`);
}
