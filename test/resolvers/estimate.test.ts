import { describe, expect, it } from 'vitest';
import { BadUserInputError } from '../../src/domain/errors.ts';
import { estimate, estimateCost, estimateCurrency } from '../../src/resolvers/estimate.ts';
import { openSendDesk } from './sends/send-desk.ts';

describe('estimate', () => {
  it('measures the text and names what makes it expensive', () => {
    expect(estimate({ text: `It’s ${'a'.repeat(80)}`, to: null })).toMatchObject({
      encoding: 'UCS_2',
      segments: 2,
      units: 85,
      unitsLeft: 49,
      nonGsmCharacters: [{ character: '’', codePoint: 'U+2019', offsets: [2], replacement: "'" }],
    });
  });

  it('refuses recipients that could not be sent to, naming each', () => {
    const ask = () => estimate({ text: 'Hello', to: ['+447400123456', '12', '+447400123456'] });
    expect(ask).toThrow(BadUserInputError);
    expect(ask).toThrow(/to\[1\] is not a phone number.* to\[2\] repeats to\[0\]/);
    expect(() => estimate({ text: 'Hello', to: [] })).toThrow(
      'to must name 1 to 100 recipients; it names 0.',
    );
  });
});

describe('the price of an estimate', () => {
  it('is at least what the send then costs, and exactly that where a dial code has one price', async () => {
    const desk = await openSendDesk();
    const to = ['+447400123456', '+14155551234', '+4915112345678'];
    const context = desk.context();
    const asked = estimate({ text: 'a'.repeat(200), to });
    const cost = await estimateCost(asked, context);
    const { summary } = await desk.send({ to, text: 'a'.repeat(200) });
    expect(Number(cost)).toBeGreaterThanOrEqual(Number(summary.totalCost));
    const rates = await Promise.all(
      to.map((recipient) => estimateCost(estimate({ text: 'a', to: [recipient] }), context)),
    );
    const sum = rates.reduce((total, rate) => total + Number(rate) * 2, 0);
    expect(Number(cost)).toBeCloseTo(sum, 9);
  });

  it('is null when the price of one recipient is not known', async () => {
    const desk = await openSendDesk();
    const asked = estimate({ text: 'Hello', to: ['+447400123456', '+8821612345'] });
    expect(await estimateCost(asked, desk.context())).toBeNull();
  });

  it('is null without recipients, and asks nobody', async () => {
    const desk = await openSendDesk();
    const context = desk.context();
    const asked = estimate({ text: 'Hello', to: null });
    expect(await estimateCost(asked, context)).toBeNull();
    expect(await estimateCurrency(asked, context)).toBeNull();
    expect(context.provider.cost.calls).toBe(0);
  });

  it('is in the currency of the balance', async () => {
    const desk = await openSendDesk({ account: { currency: 'USD' } });
    const asked = estimate({ text: 'Hello', to: ['+447400123456'] });
    expect(await estimateCurrency(asked, desk.context())).toBe('USD');
  });
});
