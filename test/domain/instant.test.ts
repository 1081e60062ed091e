import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/domain/instant.ts';

describe('times of the provider', () => {
  it.each([
    ['2026-02-13T10:30:00Z', '2026-02-13T10:30:00.000Z'],
    ['2026-02-13T10:30:00.5Z', '2026-02-13T10:30:00.500Z'],
    ['2026-02-13T12:30:00+02:00', '2026-02-13T10:30:00.000Z'],
    ['2026-02-13T23:30:00-02:00', '2026-02-14T01:30:00.000Z'],
    ['2026.02.13 10:15:00', '2026-02-13T10:15:00.000Z'],
    ['2100.01.01 00:00:00', '2100-01-01T00:00:00.000Z'],
    ['2026-02-13 10:30:00', '2026-02-13T10:30:00.000Z'],
    ['2026-02-13T10:30:00', '2026-02-13T10:30:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2026-12-31T23:59:59Z', '2026-12-31T23:59:59.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    '',
    'yesterday',
    '5',
    '13 Feb 2026',
    '2026-02-30T10:00:00Z',
    '2026-13-01T10:00:00Z',
    '2026-00-10T10:00:00Z',
    '2026-02-13T24:00:00Z',
    '2026-02-13T10:60:00Z',
    '2026.02.30 10:00:00',
    ' 2026-02-13T10:30:00Z',
  ])('%j is none', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('survive being written with whole seconds, whenever they are', () => {
    const range = { min: new Date('2001-01-01T00:00:00Z'), max: new Date('2286-01-01T00:00:00Z') };
    fc.assert(
      fc.property(fc.date({ ...range, noInvalidDate: true }), (date) => {
        const seconds = `${date.toISOString().slice(0, 19)}Z`;
        expect(parseInstant(seconds)).toBe(`${seconds.slice(0, -1)}.000Z`);
        expect(parseInstant(date.toISOString())).toBe(date.toISOString());
      }),
    );
  });
});
