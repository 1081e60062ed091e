import { describe, expect, it } from 'vitest';
import { countryOf, isE164, maskPhoneNumber } from '../../src/domain/phone-number.ts';

describe('isE164', () => {
  it.each(['+447911123456', '+14155551234', '+6834000', '+123456789012345'])('takes %s', (value) => {
    expect(isE164(value)).toBe(true);
  });

  it.each([
    '447911123456',
    '+0447911123456',
    '+44791112345a',
    '+44 7911 123456',
    '+123456',
    '+1234567890123456',
    '+',
    '',
    '+447911123456\n',
    '+٤٤٧٩١١١٢٣٤٥٦',
  ])('refuses %j', (value) => {
    expect(isE164(value)).toBe(false);
  });
});

describe('countryOf', () => {
  it.each([
    ['+447400123456', 'GB'],
    ['+447624123456', 'IM'],
    ['+14155551234', 'US'],
    ['+16135550123', 'CA'],
    ['+79161234567', 'RU'],
    ['+77011234567', 'KZ'],
    ['+4915112345678', 'DE'],
  ])('places %s in %s', (e164, country) => {
    expect(countryOf(e164)).toBe(country);
  });

  it('falls back to the main country of the calling code for a range that no plan places', () => {
    expect(countryOf('+15555550100')).toBe('US');
  });

  it.each(['+8821612345', '+999123456789', 'hello'])(
    'knows no country for %s, however often asked',
    (value) => {
      expect([countryOf(value), countryOf(value)]).toEqual([null, null]);
    },
  );
});

describe('maskPhoneNumber', () => {
  it('shows the head and the last two digits only', () => {
    expect(maskPhoneNumber('+447911123421')).toBe('+4479•••••21');
  });

  it('does not tell how long the number is', () => {
    expect(maskPhoneNumber('+1234567890123')).toHaveLength(maskPhoneNumber('+1234567').length);
  });

  it('shows nothing of what is not a number', () => {
    expect(maskPhoneNumber('secret text')).toBe('•••••');
  });
});
