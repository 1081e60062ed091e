import { describe, expect, it } from 'vitest';
import { isCalendarDate, rangeOfPeriod } from '../../src/domain/date-range.ts';

describe('isCalendarDate', () => {
  it.each(['2026-02-28', '2024-02-29', '2026-12-31', '0001-01-01'])('knows that %s exists', (day) => {
    expect(isCalendarDate(day)).toBe(true);
  });

  it.each([
    '2026-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-01',
    '2026-01-01T00:00:00Z',
    '20260101',
    '',
  ])('knows that "%s" does not', (day) => {
    expect(isCalendarDate(day)).toBe(false);
  });
});

describe('rangeOfPeriod', () => {
  const noon = Date.parse('2026-02-13T12:00:00Z');

  it.each([
    ['TODAY', '2026-02-13', '2026-02-13'],
    ['YESTERDAY', '2026-02-12', '2026-02-12'],
    ['LAST_7_DAYS', '2026-02-06', '2026-02-13'],
    ['LAST_30_DAYS', '2026-01-14', '2026-02-13'],
    ['THIS_MONTH', '2026-02-01', '2026-02-13'],
    ['LAST_MONTH', '2026-01-01', '2026-01-31'],
  ] as const)('of %s on 2026-02-13 is %s to %s', (period, from, to) => {
    expect(rangeOfPeriod(period, noon)).toEqual({ from, to });
  });

  it('turns at midnight in UTC', () => {
    expect(rangeOfPeriod('TODAY', Date.parse('2026-02-13T23:59:59.999Z')).to).toBe('2026-02-13');
    expect(rangeOfPeriod('TODAY', Date.parse('2026-02-14T00:00:00.000Z')).to).toBe('2026-02-14');
  });

  it('crosses years and leap days', () => {
    expect(rangeOfPeriod('LAST_MONTH', Date.parse('2026-01-01T00:00:00Z'))).toEqual({
      from: '2025-12-01',
      to: '2025-12-31',
    });
    expect(rangeOfPeriod('LAST_MONTH', Date.parse('2024-03-31T00:00:00Z')).to).toBe('2024-02-29');
  });
});
