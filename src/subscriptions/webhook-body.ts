import { z } from 'zod';
import { parseDecimal } from '../domain/decimal.ts';
import type { DeliveryReport } from '../domain/delivery-report.ts';
import { parseInstant } from '../domain/instant.ts';
import type { Instant } from '../domain/message.ts';
import { parseMessageStatus } from '../domain/message-status.ts';
import { isE164 } from '../domain/phone-number.ts';
import { parseMoneyJson } from '../rest/wire/money-json.ts';

/** A report, or why the body holds none, in words that repeat nothing of it. */
export type WebhookBody =
  | { readonly isReport: true; readonly report: DeliveryReport }
  | { readonly isReport: false; readonly reason: string };

export interface WebhookTimes {
  readonly receivedAt: Instant;
  /** By the signed header: stands in for a body without a usable time, and is the same when the body is sent again. */
  readonly signedAt: Instant;
}

const MAX_ID_LENGTH = 200;
const MAX_TERM_LENGTH = 64;

const textOrNumber = z.union([z.string(), z.number()]).transform((value) => String(value).trim());
const optionalTerm = textOrNumber.pipe(z.string().min(1).max(MAX_TERM_LENGTH)).nullish().catch(null);
const recipient = textOrNumber
  .transform((value) => (value.startsWith('+') ? value : `+${value}`))
  .refine(isE164);
const count = z.coerce.number().int().nonnegative().nullish().catch(null);

/** What a report cannot do without is strict; everything else is taken as far as it can be read. */
const bodyShape = z.object({
  message_id: z.string().trim().min(1).max(MAX_ID_LENGTH),
  recipient,
  status: z.string().trim().min(1).max(MAX_TERM_LENGTH),
  sender_id: optionalTerm,
  status_code: optionalTerm,
  num_parts: count,
  cost: textOrNumber.nullish().catch(null),
  timestamp: z.string().nullish().catch(null),
});

/** Reads the body of a delivery report tolerantly: unknown members are ignored, unknown statuses are kept as they are. */
export function readWebhookBody(rawBody: Buffer, times: WebhookTimes): WebhookBody {
  const json = parseJson(rawBody);
  if (json === undefined) return { isReport: false, reason: 'The body is not JSON.' };
  const shape = bodyShape.safeParse(json);
  if (!shape.success) return { isReport: false, reason: describeProblems(shape.error) };
  return { isReport: true, report: toReport(shape.data, times) };
}

const BYTE_ORDER_MARK = /^\ufeff/;

function parseJson(rawBody: Buffer): unknown {
  try {
    return parseMoneyJson(rawBody.toString('utf8').replace(BYTE_ORDER_MARK, ''));
  } catch {
    return undefined;
  }
}

function toReport(body: z.output<typeof bodyShape>, { receivedAt, signedAt }: WebhookTimes): DeliveryReport {
  return {
    messageId: body.message_id,
    recipient: body.recipient,
    sender: body.sender_id ?? null,
    status: parseMessageStatus(body.status),
    rawStatus: body.status,
    statusCode: body.status_code ?? null,
    segments: body.num_parts ?? null,
    cost: body.cost == null ? null : parseDecimal(body.cost),
    occurredAt: parseInstant(body.timestamp ?? '') ?? signedAt,
    receivedAt,
    isRecovered: false,
  };
}

const describeProblems = (error: z.ZodError): string => {
  const members = new Set(error.issues.map((issue) => String(issue.path[0] ?? 'the body itself')));
  return `Missing or unusable: ${[...members].join(', ')}.`;
};
