import { describe, expect, it } from 'vitest';
import type { NetworkPrice } from '../../src/domain/account.ts';
import { createPriceList } from '../../src/domain/price-list.ts';

const NOW_MS = Date.parse('2026-02-13T10:30:00.000Z');

const price = (dialCode: string, rate: string, changes: Partial<NetworkPrice> = {}): NetworkPrice => ({
  mcc: '310',
  mnc: '004',
  dialCode,
  country: null,
  network: null,
  rate,
  previousRate: null,
  startsAt: null,
  endsAt: null,
  change: 'SAME',
  ...changes,
});

describe('createPriceList', () => {
  it('takes the longest dial code that begins the number', () => {
    const prices = createPriceList(
      [price('1', '0.0085'), price('1242', '0.05'), price('12', '0.01')],
      NOW_MS,
    );
    expect(prices.rateOf('+12425551234')).toBe('0.05');
    expect(prices.rateOf('+12125551234')).toBe('0.01');
    expect(prices.rateOf('+14155551234')).toBe('0.0085');
  });

  it('takes the dearest of several networks, as an exact number', () => {
    const prices = createPriceList([price('44', '0.09'), price('44', '0.1'), price('44', '0.0999')], NOW_MS);
    expect(prices.rateOf('+447911123456')).toBe('0.1');
  });

  it('knows no price where no dial code fits', () => {
    expect(createPriceList([price('44', '0.1')], NOW_MS).rateOf('+4915112345678')).toBeNull();
    expect(createPriceList([], NOW_MS).rateOf('+4915112345678')).toBeNull();
  });

  it('leaves out prices that are over or still to come', () => {
    const prices = createPriceList(
      [
        price('44', '0.9', { endsAt: '2026-02-13T10:30:00.000Z' }),
        price('44', '0.8', { startsAt: '2026-02-13T10:30:00.001Z' }),
        price('44', '0.1', { startsAt: '2026-02-13T10:30:00.000Z', endsAt: '2026-02-13T10:30:00.001Z' }),
      ],
      NOW_MS,
    );
    expect(prices.rateOf('+447911123456')).toBe('0.1');
  });
});
