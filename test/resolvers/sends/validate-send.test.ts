import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../src/domain/errors.ts';
import { type SendSmsInput, validateSend } from '../../../src/resolvers/sends/validate-send.ts';

const INPUT: SendSmsInput = {
  to: ['+447911123456', '+14155551234'],
  text: 'Hello',
  sender: 'MyApp',
  idempotencyKey: 'order-1',
};

function problemsOf(changes: Partial<SendSmsInput>) {
  try {
    validateSend({ ...INPUT, ...changes });
    return [];
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems;
    throw error;
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => `+4479${10_000_000 + index}`);

describe('validateSend', () => {
  it('lets a good send pass unchanged', () => {
    expect(validateSend(INPUT)).toEqual({ to: INPUT.to, text: INPUT.text, sender: INPUT.sender });
  });

  it.each([1, 100])('takes %i recipients', (count) => {
    expect(problemsOf({ to: numbers(count) })).toEqual([]);
  });

  it.each([0, 101])('refuses %i recipients, naming the field', (count) => {
    expect(problemsOf({ to: numbers(count) })).toEqual([
      { path: ['input', 'to'], message: `to must name 1 to 100 recipients; it names ${count}.` },
    ]);
  });

  it.each(['447400654321', '+44791112345x', '+44 7400 654321', '0044740065', '+', ''])(
    'refuses %j as a number, naming its place and not repeating it',
    (number) => {
      const [problem, ...others] = problemsOf({ to: ['+14155551234', number] });
      expect(others).toEqual([]);
      expect(problem?.path).toEqual(['input', 'to', '1']);
      expect(problem?.message).toMatch(/^to\[1\] is not a phone number in E\.164/);
      if (number.length > 1) expect(problem?.message).not.toContain(number);
    },
  );

  it('refuses a recipient that is named twice, naming both places', () => {
    expect(problemsOf({ to: ['+447911123456', '+14155551234', '+447911123456'] })).toEqual([
      { path: ['input', 'to', '2'], message: 'to[2] repeats to[0]: name each recipient once.' },
    ]);
  });

  it.each(['', '   ', '\n'])('refuses the empty text %j', (text) => {
    expect(problemsOf({ text })).toEqual([
      { path: ['input', 'text'], message: 'text is empty: there is nothing to send.' },
    ]);
  });

  it('refuses a text of more parts than an SMS can have, and takes the longest possible', () => {
    expect(problemsOf({ text: 'a'.repeat(255 * 153) })).toEqual([]);
    expect(problemsOf({ text: 'a'.repeat(255 * 153 + 1) })).toMatchObject([{ path: ['input', 'text'] }]);
  });

  it('refuses half a character, which no history would show again', () => {
    expect(problemsOf({ text: 'smile \uD83D' })).toMatchObject([{ path: ['input', 'text'] }]);
  });

  it.each(['ab', 'twelve12char', '1App', 'My App', ''])('refuses the sender %j', (sender) => {
    expect(problemsOf({ sender })).toMatchObject([{ path: ['input', 'sender'] }]);
  });

  it.each(['', 'k'.repeat(65), 'line\nbreak'])('refuses the idempotency key %j', (idempotencyKey) => {
    expect(problemsOf({ idempotencyKey })).toMatchObject([{ path: ['input', 'idempotencyKey'] }]);
  });

  it.each([null, 'k', 'k'.repeat(64), 'Bestellung № 7'])('takes the idempotency key %j', (idempotencyKey) => {
    expect(problemsOf({ idempotencyKey })).toEqual([]);
  });

  it('tells all problems at once, in the order of the input', () => {
    const problems = problemsOf({ to: ['nonsense', '+14155551234', '12'], text: '', sender: '1' });
    expect(problems.map(({ path }) => path.join('.'))).toEqual([
      'input.to.0',
      'input.to.2',
      'input.text',
      'input.sender',
    ]);
  });
});
