import { expect, it } from 'vitest';
import { parseMessageId } from '../../src/domain/message-id.ts';

it('reads when a message was sent, and what its batch shares', () => {
  expect(parseMessageId('api_42_1743667200123456789_a3f8b2c1d9e45f67')).toEqual({
    sentAtMs: 1743667200123,
    stamp: '42_1743667200123456789',
  });
});

it.each([
  '',
  '1847',
  'api_42_17436672_a3f8',
  'api_42_1743667200123456789',
  'API_42_1743667200123456789_a3',
  'api_42_1743667200123456789_xyz',
])('reads nothing from %j', (messageId) => {
  expect(parseMessageId(messageId)).toBeNull();
});
