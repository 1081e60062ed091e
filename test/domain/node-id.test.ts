import { assert, constantFrom, property, string } from 'fast-check';
import { expect, it } from 'vitest';
import { decodeNodeId, encodeNodeId } from '../../src/domain/node-id.ts';

it('gives back type and key, whatever characters the key has', () => {
  assert(
    property(
      constantFrom('Message' as const, 'TrafficItem' as const),
      string({ unit: 'grapheme', minLength: 1 }),
      (type, key) => {
        expect(decodeNodeId(encodeNodeId(type, key))).toEqual({ type, key });
      },
    ),
  );
});

it.each(['', 'Message', 'Message:1', btoa('Message:'), btoa('User:1'), btoa('no separator')])(
  'knows that "%s" is no id',
  (id) => {
    expect(decodeNodeId(id)).toBeNull();
  },
);
