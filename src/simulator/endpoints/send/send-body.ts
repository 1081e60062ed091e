import { isE164 } from '../../../domain/phone-number.ts';
import { isSenderId } from '../../../domain/sender-id.ts';
import { ApiProblem } from '../../api/api-problem.ts';
import { readJsonObject } from '../../api/json-body.ts';

export interface SendBody {
  readonly to: readonly string[];
  readonly text: string;
  readonly senderId: string;
}

const MAX_RECIPIENTS = 100;

function readRecipients(to: unknown): readonly string[] {
  if (!Array.isArray(to) || to.length === 0) {
    throw new ApiProblem('INVALID_TO', 'to must be a list of at least one number.');
  }
  const recipients: readonly unknown[] = to;
  return recipients.map((recipient, index) => {
    if (typeof recipient === 'string' && isE164(recipient)) return recipient;
    throw new ApiProblem('INVALID_TO', `to[${index}] is not a number in E.164 form.`);
  });
}

function readText(message: unknown): string {
  if (typeof message === 'string' && message !== '') return message;
  throw new ApiProblem('INVALID_MESSAGE', 'message must be a text that is not empty.');
}

function readSenderId(senderId: unknown): string {
  if (typeof senderId === 'string' && isSenderId(senderId)) return senderId;
  throw new ApiProblem('INVALID_SENDER', 'sender_id must be 3 to 11 letters and digits, or a phone number.');
}

/**
 * Checks a send in the order in which the provider lists its errors: the first thing wrong is the answer.
 *
 * @throws ApiProblem with one of the 400 codes
 */
export function readSendBody(body: string): SendBody {
  const fields = readJsonObject(body);
  const to = readRecipients(fields['to']);
  const text = readText(fields['message']);
  const senderId = readSenderId(fields['sender_id']);
  if (to.length > MAX_RECIPIENTS) {
    throw new ApiProblem('TOO_MANY_RECIPIENTS', `to holds more than ${MAX_RECIPIENTS} numbers.`);
  }
  return { to, text, senderId };
}
