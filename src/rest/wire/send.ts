import { z } from 'zod';
import type { Decimal } from '../../domain/decimal.ts';
import { digitsOf } from '../../domain/phone-number.ts';
import { type Encoding, measureText } from '../../domain/segments.ts';
import type {
  RecipientResult,
  RecipientStatus,
  SendReceipt,
  SendRequest,
  SendSummary,
} from '../../domain/send.ts';
import { UpstreamContractError } from '../failures/failures.ts';
import {
  nameOf,
  optionalFlag,
  optionalMoney,
  optionalNumber,
  optionalText,
  toDecimal,
  toText,
} from './fields.ts';

const resultRow = z.object({
  dnis: z.string(),
  message_id: optionalText,
  segments: optionalNumber,
  status: z.string(),
});
/** Accepted recipients once more, under another count key. */
const acceptedRow = z.object({ dnis: z.string(), message_id: z.string(), segment_num: optionalNumber });

const sendAnswer = z.object({
  messages: z.array(z.unknown()).nullish().catch(null),
  results: z.array(z.unknown()).nullish().catch(null),
  summary: z
    .object({
      total_recipients: optionalNumber,
      total_segments: optionalNumber,
      total_cost: optionalMoney,
      encoding: optionalText,
      accepted_count: optionalNumber,
      blocked_count: optionalNumber,
      queue_error_count: optionalNumber,
      config_error_count: optionalNumber,
      db_error_count: optionalNumber,
    })
    .nullish()
    .catch(null),
  sandbox: optionalFlag,
});
type SendAnswer = z.infer<typeof sendAnswer>;

const RECIPIENT_STATUSES: Readonly<Record<string, RecipientStatus>> = {
  accepted: 'ACCEPTED',
  blocked_country: 'BLOCKED_COUNTRY',
  queue_error: 'QUEUE_ERROR',
  config_error: 'CONFIG_ERROR',
};
const ENCODINGS: Readonly<Record<string, Encoding | null>> = { 'gsm-7': 'GSM_7', 'ucs-2': 'UCS_2' };
const NO_COST: Decimal = '0';

/**
 * Reads what became of a send. Summary members that the provider leaves out are counted from the recipients.
 *
 * @throws UpstreamContractError when it does not name exactly the recipients of the request, however they are written: then it is
 * not known what was sent to the others
 */
export function readReceipt(body: unknown, request: SendRequest): SendReceipt {
  const { success, data } = sendAnswer.safeParse(body);
  const named = success ? readRecipients(data) : [];
  const byDigits = new Map(named.map((result) => [digitsOf(result.recipient), result]));
  const recipients = request.to.flatMap((recipient): RecipientResult[] => {
    const result = byDigits.get(digitsOf(recipient));
    return result === undefined ? [] : [{ ...result, recipient }];
  });
  if (!success || recipients.length !== request.to.length || named.length !== request.to.length)
    throw new UpstreamContractError('send', 'the answer names other recipients than the request');
  return { recipients, summary: readSummary(data, recipients, request), isSandbox: data.sandbox ?? false };
}

function readRecipients({ results, messages }: SendAnswer): readonly RecipientResult[] {
  const told = (results ?? []).map(readResult).filter((result) => result !== null);
  const toldOf = new Set(told.map(({ recipient }) => recipient));
  const accepted = (messages ?? []).map(readAccepted).filter((result) => result !== null);
  return [...told, ...accepted.filter(({ recipient }) => !toldOf.has(recipient))];
}

function readResult(row: unknown): RecipientResult | null {
  const { success, data } = resultRow.safeParse(row);
  if (!success) return null;
  return {
    recipient: data.dnis,
    status: nameOf(data.status, RECIPIENT_STATUSES, 'UNRECOGNIZED'),
    messageId: toText(data.message_id),
    segments: data.segments ?? null,
  };
}

function readAccepted(row: unknown): RecipientResult | null {
  const { success, data } = acceptedRow.safeParse(row);
  if (!success) return null;
  return {
    recipient: data.dnis,
    status: 'ACCEPTED',
    messageId: data.message_id,
    segments: data.segment_num ?? null,
  };
}

function readSummary(
  { summary }: SendAnswer,
  recipients: readonly RecipientResult[],
  request: SendRequest,
): SendSummary {
  const countOf = (status: RecipientStatus) =>
    recipients.filter((recipient) => recipient.status === status).length;
  const segments = recipients.reduce((sum, recipient) => sum + (recipient.segments ?? 0), 0);
  return {
    totalRecipients: summary?.total_recipients ?? recipients.length,
    totalSegments: summary?.total_segments ?? segments,
    totalCost: toDecimal(summary?.total_cost) ?? NO_COST,
    encoding: nameOf(summary?.encoding, ENCODINGS, null) ?? measureText(request.text).encoding,
    acceptedCount: summary?.accepted_count ?? countOf('ACCEPTED'),
    blockedCount: summary?.blocked_count ?? countOf('BLOCKED_COUNTRY'),
    queueErrorCount: summary?.queue_error_count ?? countOf('QUEUE_ERROR'),
    configErrorCount: summary?.config_error_count ?? countOf('CONFIG_ERROR'),
    dbErrorCount: summary?.db_error_count ?? 0,
  };
}
