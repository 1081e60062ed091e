import { expect, it } from 'vitest';
import { isSenderId } from '../../src/domain/sender-id.ts';

it.each(['abc', 'MyApp', 'Twenty3', 'ABCDEFGHIJK', '+14155551234'])('takes the sender ID %s', (value) => {
  expect(isSenderId(value)).toBe(true);
});

it.each(['ab', 'ABCDEFGHIJKL', '1App', '14155551234', 'My App', 'My-App', 'Äpp', '', 'MyApp\n', '+123'])(
  'refuses the sender ID %j',
  (value) => {
    expect(isSenderId(value)).toBe(false);
  },
);
