import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenSealer, rememberSealed } from '../../src/domain/sealed-token.ts';

const sealer = createTokenSealer('root', 'page-cursor/1');

describe('a sealed token', () => {
  it('opens to what was sealed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (payload) => {
        const canonical: unknown = JSON.parse(JSON.stringify(payload));
        expect(sealer.open(sealer.seal(payload))).toEqual(canonical);
      }),
    );
  });

  it('does not open once any character is changed', () => {
    const token = sealer.seal({ position: '12-0', epoch: 'a' });
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (index, character) => {
        fc.pre(token[index] !== character);
        expect(sealer.open(token.slice(0, index) + character + token.slice(index + 1))).toBeNull();
      }),
    );
  });

  it('does not open for another purpose or another gateway', () => {
    const token = sealer.seal({ messageId: 'm1' });
    expect(createTokenSealer('root', 'export-token/1').open(token)).toBeNull();
    expect(createTokenSealer('other root', 'page-cursor/1').open(token)).toBeNull();
  });

  it.each(['', '.', 'a.b', 'a.b.c', 'ÿ.ÿ', 'x'.repeat(100_000)])('answers null for %.20j', (token) => {
    expect(sealer.open(token)).toBeNull();
  });
});

describe('a sealer that remembers', () => {
  it('computes a token once, and gives the one that the sealer below it would', () => {
    let computed = 0;
    const counted = {
      ...sealer,
      seal: (payload: unknown) => {
        computed += 1;
        return sealer.seal(payload);
      },
    };
    const remembering = rememberSealed(counted, 2);
    for (const row of [1, 1, 2, 1, 2]) expect(remembering.seal([row])).toBe(sealer.seal([row]));
    expect(computed).toBe(2);
    for (const row of [3, 1]) expect(remembering.open(remembering.seal([row]))).toEqual([row]);
    expect(computed).toBe(4); // 1 was the oldest of two when 3 came
  });
});
