/** A day of the provider's history, the same in every process that is given the same start. */
export interface Day {
  /** `2026-02-13`. */
  readonly date: string;
  /** As the provider lists them, newest first. */
  readonly rows: readonly WireRow[];
}

/** A row of `GET /sms/messages`. */
export interface WireRow {
  readonly id: number;
  readonly client_message_id: string;
  readonly recipient: string;
  readonly sender_id: string;
  readonly message: string;
  readonly status: string;
  readonly status_code: string | null;
  readonly segments: number;
  readonly cost: number;
  readonly created_at: string;
  readonly delivered_at: string | null;
}

export const MESSAGES_A_DAY = 10_000;
/** Recipients of one send. In each stretch of the day is one such, and it lies across two of the provider's pages. */
const BATCH_SIZE = 100;
const STRETCH = 200;
const BATCH_START = 37;
const DAY_MS = 86_400_000;

/** The day before today: all of it is in the past, and within the default period. */
export const yesterday = (nowMs = Date.now()): number => (Math.floor(nowMs / DAY_MS) - 1) * DAY_MS;

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export const daysBefore = (dayStartMs: number, days: number): string => dateOf(dayStartMs - days * DAY_MS);

/** @param isFinal false: the fate of every message is open, so that nobody may keep for long what he knows of it */
export function createDay(dayStartMs: number, isFinal: boolean): Day {
  const rows = Array.from({ length: MESSAGES_A_DAY }, (_, index) => createRow(dayStartMs, index, isFinal));
  return { date: dateOf(dayStartMs), rows };
}

/** The places in the day of the messages that were sent together, send by send. */
export function batchOf(number: number): readonly number[] {
  const start = (number % (MESSAGES_A_DAY / STRETCH)) * STRETCH + BATCH_START;
  return Array.from({ length: BATCH_SIZE }, (_, index) => start + index);
}

function createRow(dayStartMs: number, index: number, isFinal: boolean): WireRow {
  const inStretch = index % STRETCH;
  const isOfBatch = inStretch >= BATCH_START && inStretch < BATCH_START + BATCH_SIZE;
  const stamped = isOfBatch ? index - inStretch + BATCH_START : index;
  const sentAtMs = dayStartMs + DAY_MS - 1 - Math.floor((stamped * DAY_MS) / MESSAGES_A_DAY);
  const finalStatus = index % 10 === 0 ? 'UNDELIV' : 'DELIVRD';
  const status = isFinal ? finalStatus : 'sent';
  return {
    id: 1_000_000 - index,
    client_message_id: `api_42_${sentAtMs}123456_${scatter(index).toString(16).padStart(16, '0')}`,
    recipient: `+447911${String(scatter(index) % 1_000_000).padStart(6, '0')}`,
    sender_id: 'MyApp',
    message: `Your verification code is ${100_000 + index}`,
    status,
    status_code: isFinal ? '000' : null,
    segments: 1,
    cost: 0.0085,
    created_at: isoSecond(sentAtMs),
    delivered_at: status === 'DELIVRD' ? isoSecond(sentAtMs + 4000) : null,
  };
}

const isoSecond = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** Different for each number, and in no order. */
const scatter = (number: number): number => (number * 2_654_435_761) % 4_294_967_296;
