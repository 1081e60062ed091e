import type { InputProblem } from '../domain/errors.ts';
import { isE164 } from '../domain/phone-number.ts';

/** The provider takes 1 to 100 recipients a request. */
export const MAX_RECIPIENTS = 100;

/**
 * Everything wrong with a list of recipients, in its order. A number that is there twice is refused, not dropped: nobody is
 * to be texted twice, and the caller is to know that the list was not what it seemed. No sentence repeats a number.
 *
 * @param path where the list is: `['input', 'to']`
 */
export function findRecipientProblems(to: readonly string[], path: readonly string[]): InputProblem[] {
  const problems = findCountProblems(to, path);
  const name = path.at(-1) ?? '';
  const firstIndexes = new Map<string, number>();
  // Of an oversized list only as much is looked at as could ever be sent: the answer stays readable.
  for (const [index, recipient] of to.slice(0, MAX_RECIPIENTS).entries()) {
    const firstIndex = firstIndexes.get(recipient);
    const problem = isE164(recipient)
      ? firstIndex !== undefined &&
        `${name}[${index}] repeats ${name}[${firstIndex}]: name each recipient once.`
      : `${name}[${index}] is not a phone number in E.164: write + and 7 to 15 digits, like +447911123456.`;
    if (firstIndex === undefined) firstIndexes.set(recipient, index);
    if (problem) problems.push({ path: [...path, String(index)], message: problem });
  }
  return problems;
}

function findCountProblems(to: readonly string[], path: readonly string[]): InputProblem[] {
  if (to.length >= 1 && to.length <= MAX_RECIPIENTS) return [];
  const name = path.at(-1) ?? '';
  return [{ path, message: `${name} must name 1 to ${MAX_RECIPIENTS} recipients; it names ${to.length}.` }];
}
