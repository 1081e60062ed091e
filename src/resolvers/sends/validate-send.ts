import { type InputProblem, InvalidInputError } from '../../domain/errors.ts';
import { measureText } from '../../domain/segments.ts';
import type { SendRequest } from '../../domain/send.ts';
import { isSenderId } from '../../domain/sender-id.ts';
import { findRecipientProblems } from '../recipient-problems.ts';

export interface SendSmsInput {
  readonly to: readonly string[];
  readonly text: string;
  readonly sender: string;
  /** Null: the gateway makes one up. */
  readonly idempotencyKey: string | null;
}

/** 3GPP TS 23.040, 9.2.3.24.1: the concatenation header counts the parts of a message in one octet. */
const MAX_SEGMENTS = 255;

/** 1 to 64 characters that can be seen: keys are repeated in answers and logs. */
const IDEMPOTENCY_KEY = /^\P{C}{1,64}$/u;
const HALF_A_CHARACTER = /\p{Surrogate}/u;

/**
 * Everything that can be known to be wrong without asking the provider, at once.
 *
 * @throws InvalidInputError with a path for each problem: `["input","to","3"]`
 */
export function validateSend(input: SendSmsInput): SendRequest {
  const problems = [
    ...findRecipientProblems(input.to, ['input', 'to']),
    ...problemAt('text', findTextProblem(input.text)),
    ...problemAt('sender', findSenderProblem(input.sender)),
    ...problemAt('idempotencyKey', findKeyProblem(input.idempotencyKey)),
  ];
  if (problems.length > 0) throw new InvalidInputError(problems);
  return { to: input.to, text: input.text, sender: input.sender };
}

const problemAt = (field: keyof SendSmsInput, message: string | null): InputProblem[] =>
  message === null ? [] : [{ path: ['input', field], message }];

function findTextProblem(text: string): string | null {
  if (text.trim() === '') return 'text is empty: there is nothing to send.';
  if (HALF_A_CHARACTER.test(text)) return 'text holds half of a character (a surrogate without its pair).';
  const { segments } = measureText(text);
  if (segments <= MAX_SEGMENTS) return null;
  return `text takes ${segments} segments: an SMS has at most ${MAX_SEGMENTS}.`;
}

const findSenderProblem = (sender: string): string | null =>
  isSenderId(sender)
    ? null
    : 'sender must be 3 to 11 letters and digits beginning with a letter, like MyApp, or a phone number in E.164.';

const findKeyProblem = (idempotencyKey: string | null): string | null =>
  idempotencyKey === null || IDEMPOTENCY_KEY.test(idempotencyKey)
    ? null
    : 'idempotencyKey must be 1 to 64 printable characters.';
