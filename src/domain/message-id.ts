/** `api_{user}_{nanoseconds since the epoch}_{hex}`; nanoseconds have 19 digits from 2001 to 2286. */
const MESSAGE_ID = /^api_([A-Za-z0-9-]+)_(\d{19})_[0-9a-f]+$/;
const DIGITS_BELOW_MS = 6;

export interface MessageIdParts {
  /** When the provider took the send in (ms since epoch). */
  readonly sentAtMs: number;
  /** What all recipients of one send request share: the user and the nanosecond. */
  readonly stamp: string;
}

/** What a message id of an API send tells; null for any other id. */
export function parseMessageId(messageId: string): MessageIdParts | null {
  const [, user, nanoseconds] = MESSAGE_ID.exec(messageId) ?? [];
  if (user === undefined || nanoseconds === undefined) return null;
  return { sentAtMs: Number(nanoseconds.slice(0, -DIGITS_BELOW_MS)), stamp: `${user}_${nanoseconds}` };
}
