import { describe, expect, it } from 'vitest';
import type { GuardsConfig } from '../../../src/config/guards.ts';
import { openSendDesk, type SendDesk } from '../sends/send-desk.ts';

const MINUTE_MS = 60_000;
let keys = 0;

/** Numbers far apart, each in a range of its own. */
const scattered = (index: number) => `+4474${String(10_000_000 + index * 12_347).slice(-8)}`;

const sendTo = (desk: SendDesk, ...to: string[]) => desk.send({ to, idempotencyKey: `key-${++keys}` });
const refusedTo = async (desk: SendDesk, ...to: string[]) => {
  const failure = await desk.failedSend({ to, idempotencyKey: `key-${++keys}` });
  expect(failure.name).toBe('SendRefusedError');
  return failure;
};

const guarded = (guards: Partial<GuardsConfig>) => openSendDesk({ guards: { mode: 'enforce', ...guards } });

describe('the guards count recipients', () => {
  it('of one number, whatever the requests and texts', async () => {
    const desk = await guarded({ perRecipientPerHour: 3 });
    for (let count = 0; count < 3; count += 1) await sendTo(desk, scattered(1), scattered(10 + count));
    const failure = await refusedTo(desk, scattered(20), scattered(1));
    expect(failure.code).toBe('RECIPIENT_LIMIT');
    expect(failure.message).toMatch(/^to\[1\] was sent to 3 times within the hour/);
    expect(failure.message).not.toContain(scattered(1));
    expect(desk.simulator.sentTo(scattered(20))).toEqual([]);
    await sendTo(desk, scattered(20)); // all or none: what was refused was not counted
  });

  it('of a range of numbers: all but the last four digits', async () => {
    const desk = await guarded({ perPrefixPerHour: 4, sequentialRun: 1000 });
    await sendTo(desk, '+447400120000', '+447400123333');
    await sendTo(desk, '+447400126666', '+447400129999');
    expect((await refusedTo(desk, '+447400125555')).code).toBe('PREFIX_LIMIT');
    await sendTo(desk, '+447400135555');
  });

  it('of one request alone when it is over the limit by itself', async () => {
    const desk = await guarded({ perPrefixPerHour: 2, sequentialRun: 1000 });
    const failure = await refusedTo(desk, '+447400120000', '+447400123333', '+447400126666');
    expect(failure.code).toBe('PREFIX_LIMIT');
    expect(desk.postCount).toBe(0);
  });

  it('of a caller, and leaves other callers alone', async () => {
    const desk = await guarded({ perCallerPerHour: 3 });
    await sendTo(desk, scattered(1), scattered(2), scattered(3));
    expect((await refusedTo(desk, scattered(4))).code).toBe('CALLER_LIMIT');
    const { viewer } = desk.context();
    const other = { viewer: { ...viewer, subject: 'somebody else' } };
    await desk.send({ to: [scattered(4)], idempotencyKey: 'other' }, other);
  });

  it('of a workspace, over all callers', async () => {
    const desk = await guarded({ perWorkspacePerHour: 2 });
    await sendTo(desk, scattered(1), scattered(2));
    const { viewer } = desk.context();
    const other = { viewer: { ...viewer, subject: 'somebody else' } };
    const failure = await desk.failedSend({ to: [scattered(3)], idempotencyKey: 'other' }, other);
    expect(failure.code).toBe('WORKSPACE_LIMIT');
  });

  it('within the hour: the next one begins anew, and the refusal says when', async () => {
    const desk = await guarded({ perRecipientPerHour: 1 });
    await sendTo(desk, scattered(1));
    expect((await refusedTo(desk, scattered(1))).message).toContain('Try again in 30 minutes.');
    await desk.time.advance(29 * MINUTE_MS);
    expect((await refusedTo(desk, scattered(1))).message).toContain('Try again in a minute.');
    await desk.time.advance(MINUTE_MS);
    await sendTo(desk, scattered(1));
  });
});

describe('the country list', () => {
  it('refuses what is not on it, before anything is counted', async () => {
    const desk = await guarded({ countries: new Set(['GB', 'DE']), perCallerPerHour: 2 });
    expect((await refusedTo(desk, scattered(1), '+14155551234')).code).toBe('COUNTRY_NOT_ALLOWED');
    await sendTo(desk, scattered(1), '+4915112345678');
  });

  it('has no place for numbers of no country', async () => {
    const desk = await guarded({ countries: new Set(['GB']) });
    expect((await refusedTo(desk, '+8821612345')).code).toBe('COUNTRY_NOT_ALLOWED');
  });
});

describe('the spend caps', () => {
  const SEVEN_SEGMENTS = 'a'.repeat(1000);

  async function costOf(desk: SendDesk, recipient: string): Promise<number> {
    const { summary } = await sendTo(desk, recipient);
    return Number(summary.totalCost);
  }

  it('count the price of all segments to all recipients, by the hour', async () => {
    const free = await guarded({});
    const price = await costOf(free, scattered(1));
    expect(price).toBeGreaterThan(0);
    // Room for 20 segments at what was billed, and somewhat more: the estimate takes the dearest network.
    const desk = await guarded({ spendPerHour: (price * 25).toFixed(6) });
    const input = { text: SEVEN_SEGMENTS, to: [scattered(1), scattered(2)] };
    await desk.send({ ...input, idempotencyKey: 'first' });
    expect(await desk.failedSend({ ...input, idempotencyKey: 'second' })).toMatchObject({
      code: 'SPEND_CAP',
    });
    await desk.time.advance(30 * MINUTE_MS);
    await desk.send({ ...input, idempotencyKey: 'second' });
  });

  it('of the day outlast the hour', async () => {
    const price = await costOf(await guarded({}), scattered(1));
    const desk = await guarded({ spendPerDay: (price * 1.5).toFixed(6) });
    await sendTo(desk, scattered(1));
    await desk.time.advance(60 * MINUTE_MS);
    expect(await refusedTo(desk, scattered(2))).toMatchObject({ code: 'SPEND_CAP' });
  });

  it('refuse a recipient whose price nobody knows', async () => {
    const desk = await guarded({ spendPerHour: '1000' });
    const failure = await refusedTo(desk, '+8821612345');
    expect(failure.code).toBe('SPEND_CAP');
    expect(failure.message).toContain('price of a recipient is not known');
  });

  it('ask for no prices when there is no cap', async () => {
    const desk = await guarded({});
    await sendTo(desk, scattered(1));
    expect(desk.simulator.requests.count({ path: '/user/pricing' })).toBe(0);
  });
});

describe('a run of sequential numbers', () => {
  const inRun = (index: number) => `+4474001${String(23_456 + index).padStart(5, '0')}`;

  it('is refused in one request', async () => {
    const desk = await guarded({ sequentialRun: 20 });
    const run = Array.from({ length: 20 }, (_, index) => inRun(index));
    expect((await refusedTo(desk, ...run)).code).toBe('SEQUENTIAL_NUMBERS');
    expect(desk.postCount).toBe(0);
  });

  it('is refused one by one, before the run is complete, wherever it begins and in whatever order', async () => {
    const desk = await guarded({ sequentialRun: 20 });
    let sent = 0;
    for (let index = 0; index < 20; index += 1) {
      const to = [inRun((index * 7) % 20)];
      const isSent = await desk.send({ to, idempotencyKey: `run-${index}` }).then(
        () => true,
        () => false,
      );
      if (isSent) sent += 1;
    }
    expect(sent).toBeLessThan(20);
    expect(sent).toBeGreaterThanOrEqual(10);
  });

  it('is not made by sending to the same number again, nor by neighbours', async () => {
    const desk = await guarded({ sequentialRun: 4, perRecipientPerHour: 100 });
    for (let count = 0; count < 10; count += 1) await sendTo(desk, inRun(0));
    await sendTo(desk, inRun(1));
  });
});

describe('what the guards count', () => {
  it('is given back when nothing was sent', async () => {
    const desk = await guarded({ perRecipientPerHour: 1 });
    desk.simulator.faults.next({ path: '/sms/send', kind: 'error', errorCode: 'INSUFFICIENT_BALANCE' });
    await desk.failedSend({ to: [scattered(1)] });
    await sendTo(desk, scattered(1));
  });

  it('stays counted when the outcome is unknown', async () => {
    const desk = await guarded({ perRecipientPerHour: 1 });
    desk.simulator.faults.next({ path: '/sms/send', kind: 'cut_after' });
    expect(await desk.failedSend({ to: [scattered(1)] })).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect((await refusedTo(desk, scattered(1))).code).toBe('RECIPIENT_LIMIT');
  });

  it('leaves out repeats of the same key', async () => {
    const desk = await guarded({ perRecipientPerHour: 1 });
    await desk.send();
    expect(await desk.send()).toMatchObject({ isReplay: true });
  });

  it('leaves out repeats that come all at once, when the first takes the last of the limit', async () => {
    const desk = await guarded({ perRecipientPerHour: 1 });
    const results = await Promise.all(Array.from({ length: 10 }, () => desk.send()));
    expect(results.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
  });

  it('holds for requests at the same time: exactly as many pass as are allowed', async () => {
    const desk = await guarded({ perWorkspacePerHour: 7 });
    const sends = Array.from({ length: 20 }, (_, index) => sendTo(desk, scattered(index)));
    const settled = await Promise.allSettled(sends);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(7);
    expect(desk.simulator.acceptedCount).toBe(7);
  });
});

describe('the mode of the guards', () => {
  const countOf = async (desk: SendDesk, label: string) =>
    (await desk.metrics.render())
      .split('\n')
      .find((line) => line.includes(label))
      ?.split(' ')
      .at(-1);

  it('monitor: reports what it would refuse, and lets it through', async () => {
    const desk = await guarded({ mode: 'monitor', perRecipientPerHour: 1, countries: new Set(['DE']) });
    await sendTo(desk, scattered(1));
    await sendTo(desk, scattered(1));
    expect(await countOf(desk, 'guard="recipient",decision="monitored"')).toBe('1');
    expect(await countOf(desk, 'guard="country",decision="monitored"')).toBe('2');
    expect(desk.simulator.acceptedCount).toBe(2);
  });

  it('monitor: still counts what is not used up', async () => {
    const desk = await guarded({ mode: 'monitor', perRecipientPerHour: 1, perCallerPerHour: 2 });
    for (let count = 0; count < 3; count += 1) await sendTo(desk, scattered(1));
    expect(await countOf(desk, 'guard="caller",decision="monitored"')).toBe('1');
  });

  it('enforce: counts what it refuses', async () => {
    const desk = await guarded({ perRecipientPerHour: 1 });
    await sendTo(desk, scattered(1));
    await refusedTo(desk, scattered(1));
    expect(await countOf(desk, 'guard="recipient",decision="enforced"')).toBe('1');
  });

  it('off: counts nothing', async () => {
    const desk = await guarded({ mode: 'off', perRecipientPerHour: 1, countries: new Set(['DE']) });
    await sendTo(desk, scattered(1));
    await sendTo(desk, scattered(1));
    expect(desk.simulator.acceptedCount).toBe(2);
  });
});
