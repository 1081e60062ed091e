import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { hideDigits } from '../src/logger/redact-value.ts';
import { createLogger } from '../src/logger.ts';

function recordLines(secrets: readonly string[] = []) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  return { logger: createLogger('trace', { secrets, destination }), lines };
}

const parse = (line: string | undefined): Record<string, unknown> => JSON.parse(line ?? '');

describe('phone numbers', () => {
  it.each([
    ['in a member', (number: string) => ({ recipient: number })],
    ['deep in a member', (number: string) => ({ a: [{ b: number }] })],
    ['in an error', (number: string) => ({ err: new Error(`no route to ${number}`) })],
    ['in the cause of an error', (number: string) => ({ err: new Error('x', { cause: new Error(number) }) })],
    ['in a URL', (number: string) => ({ url: `/sms/messages?phone=${encodeURIComponent(number)}` })],
  ])('are masked %s', (_place, wrap) => {
    const { logger, lines } = recordLines();
    logger.info(wrap('+447911123421'), 'sent');
    expect(lines[0]).not.toContain('11123421');
    expect(lines[0]).toContain('+4479•••••21');
  });

  it.each(['+447911123421', '+44 7911 123421', '+44 (7911) 123-421', '447911123421'])(
    'are masked as %s',
    (number) => {
      const { logger, lines } = recordLines();
      logger.info(`sent to ${number}, twice`);
      logger.info('sent to %s, twice', number);
      logger.child({ requestId: number }).info('sent');
      expect(lines.map((line) => parse(line)['msg'])).toEqual([
        'sent to +4479•••••21, twice',
        'sent to +4479•••••21, twice',
        'sent',
      ]);
      expect(parse(lines[2])['requestId']).toBe('+4479•••••21');
    },
  );

  it('are told from message ids, log positions and times, which stay readable', () => {
    const { logger, lines } = recordLines();
    const members = {
      messageId: 'api_42_1743667200123456789_a3f8b2c1d9e45f67',
      position: '1743667200123-0',
      atMs: 1_743_667_200_123,
    };
    logger.info(members, 'kept');
    expect(parse(lines[0])).toMatchObject(members);
  });
});

it('hides runs of five digits and more in names that callers choose', () => {
  expect(hideDigits('SendTo447911123456')).toBe('SendTo•••••');
  expect(hideDigits('To44791_and12345x')).toBe('To•••••_and•••••x');
  expect(hideDigits('Page2of1000')).toBe('Page2of1000');
});

describe('secrets and texts', () => {
  it.each([
    [
      'text',
      'variables',
      'apiKey',
      'api_secret',
      'Authorization',
      'X-API-Key',
      'token',
      'password',
      'input',
      'query',
    ],
  ])('never log the members that bear private names', (...names) => {
    const { logger, lines } = recordLines();
    const members = Object.fromEntries(names.map((name) => [name, 'canary']));
    logger.info(members, 'flat');
    logger.info({ request: { options: members } }, 'nested');
    logger.child(members).info('bound');
    logger.child({}).child(members).info('bound twice');
    logger.info('interpolated %o', members);
    expect(lines).toHaveLength(5);
    expect(lines.join('')).not.toContain('canary');
  });

  it('never logs configured secrets, wherever they turn up, nor what looks like a key or a token', () => {
    const { logger, lines } = recordLines(['webhook-"secret"-canary']);
    logger.error(new Error('the webhook-"secret"-canary did not fit'));
    logger.info({ detail: 'webhook-"secret"-canary' }, 'webhook-"secret"-canary');
    logger.info('key sk_prod_canary, token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlY2FuYXJ5');
    expect(lines.join('')).not.toMatch(/canary|eyJ/);
    expect(lines.every((line) => typeof parse(line) === 'object')).toBe(true);
  });

  it('drops what errors carry along, and what parsers quote', () => {
    const { logger, lines } = recordLines();
    const carrying = Object.assign(new Error('refused'), { request: { body: 'canary' }, config: 'canary' });
    logger.error({ err: carrying }, 'failed');
    for (const text of ['canary of a text', '{"text": "canary" canary', '["canary'])
      try {
        JSON.parse(text);
      } catch (error) {
        logger.error(error);
      }
    logger.error(
      new GraphQLError('Variable "$input" got invalid value { text: "canary" }; Field "to" is required.'),
    );
    expect(lines).toHaveLength(5);
    expect(lines.join('')).not.toContain('canary');
    expect(parse(lines[0])).toMatchObject({ err: { type: 'Error', message: 'refused' }, msg: 'failed' });
  });
});

describe('lines', () => {
  it('are not broken by line ends and control characters in what callers send', () => {
    const { logger, lines } = recordLines();
    const hostile = 'a\r\n{"level":"fatal"}\u2028\u2029\u0000\u001b[2J\u009b31m\u007f\u202e';
    logger.info({ requestId: hostile }, hostile);
    const line = lines[0] ?? '';
    expect(line.endsWith('\n')).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    expect(parse(line)).toMatchObject({ requestId: hostile, msg: hostile });
  });

  it('stay bounded, whatever is logged', () => {
    const { logger, lines } = recordLines();
    const endless: Record<string, unknown> = { long: 'x'.repeat(1_000_000), bytes: Buffer.alloc(1_000_000) };
    endless['again'] = endless;
    logger.info({ endless, many: Array.from({ length: 100_000 }, (_, index) => index) }, 'bounded');
    expect(lines[0]?.length).toBeLessThan(20_000);
  });
});
