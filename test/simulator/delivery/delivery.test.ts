import { describe, expect, it } from 'vitest';
import { isE164 } from '../../../src/domain/phone-number.ts';
import { MAGIC_NUMBERS } from '../../../src/simulator/delivery/magic-numbers.ts';
import { sendOne, statusOf } from '../support/api-client.ts';
import { EXAMPLE_HOUR_MS, startStill } from '../support/start-for-test.ts';
import { startWebhookReceiver } from '../support/webhook-receiver.ts';

const DAY_MS = 86_400_000;

/** Seconds after the send at which the status is asked for: around everything that a plan does. */
const LOOKS = [0, 1, 2.5, 3, 4, 5, 6, 34, 36, 59, 61, 120];

/** Sends to a number and lets time pass: what the status endpoint said meanwhile, and what was reported. */
async function follow(recipient: string) {
  const receiver = await startWebhookReceiver();
  const { simulator, time } = await startStill();
  simulator.setWebhook('acme', receiver.url);
  const messageId = await sendOne(simulator, recipient);
  const statuses: string[] = [];
  for (const seconds of LOOKS) {
    await time.advance(EXAMPLE_HOUR_MS + seconds * 1_000 - time.now());
    const { status } = await statusOf(simulator, messageId);
    if (statuses.at(-1) !== status) statuses.push(status);
  }
  const reports = receiver.received.map(({ body }) => `${body.status} ${body.timestamp.slice(14, 19)}`);
  return { statuses, reports };
}

describe('what becomes of a message', () => {
  it.each([
    ['an ordinary number', '+14155551234', ['pending', 'sent', 'DELIVRD'], ['DELIVRD 30:05']],
    ['UNDELIV', '+15550100001', ['pending', 'sent', 'UNDELIV'], ['UNDELIV 30:05']],
    ['REJECTD', '+15550100002', ['pending', 'sent', 'REJECTD'], ['REJECTD 30:05']],
    ['EXPIRED', '+15550100003', ['pending', 'sent', 'EXPIRED'], ['EXPIRED 30:05']],
    ['UNKNOWN', '+15550100004', ['pending', 'sent', 'UNKNOWN'], ['UNKNOWN 30:05']],
    ['failed', '+15550100005', ['pending', 'failed'], []],
    ['no report', '+15550100009', ['pending', 'sent', 'DELIVRD'], []],
    ['never final', '+15550100010', ['pending', 'sent'], []],
    ['twice', '+15550100011', ['pending', 'sent', 'DELIVRD'], ['DELIVRD 30:05', 'DELIVRD 30:05']],
    ['out of order', '+15550100012', ['pending', 'sent', 'DELIVRD'], ['DELIVRD 30:05', 'UNDELIV 30:03']],
    [
      'late contradiction',
      '+15550100013',
      ['pending', 'sent', 'UNDELIV', 'DELIVRD'],
      ['UNDELIV 30:05', 'DELIVRD 30:35'],
    ],
    ['slow', '+15550100014', ['pending', 'sent', 'DELIVRD'], ['DELIVRD 31:00']],
    ['stages', '+15550100015', ['pending', 'sent', 'ENROUTE', 'ACCEPTD', 'DELIVRD'], ['DELIVRD 30:05']],
    ['DELETED', '+15550100016', ['pending', 'sent', 'DELETED'], []],
    ['an unknown status', '+15550100017', ['pending', 'sent', 'BUFFERED', 'DELIVRD'], ['DELIVRD 30:05']],
  ])('%s (%s)', async (_case, recipient, statuses, reports) => {
    expect(await follow(recipient)).toEqual({ statuses, reports });
  });

  it('has only magic numbers that a number check lets pass', () => {
    expect(MAGIC_NUMBERS.every(({ number }) => isE164(number))).toBe(true);
    expect(new Set(MAGIC_NUMBERS.map(({ number }) => number)).size).toBe(MAGIC_NUMBERS.length);
  });

  it('bills nothing for what failed inside', async () => {
    const { simulator, time } = await startStill();
    const messageId = await sendOne(simulator, '+15550100005');
    await time.advance(5_000);
    expect(await statusOf(simulator, messageId)).toMatchObject({
      status: 'failed',
      cost: 0,
      status_code: '500',
    });
  });

  it('gives up after three days, within the hour, without a report', async () => {
    const receiver = await startWebhookReceiver();
    const { simulator, time } = await startStill();
    simulator.setWebhook('acme', receiver.url);
    const messageId = await sendOne(simulator, '+15550100010');
    await time.advance(3 * DAY_MS - 1_000);
    expect((await statusOf(simulator, messageId)).status).toBe('sent');
    await time.advance(3_600_000);
    expect((await statusOf(simulator, messageId)).status).toBe('UNDELIV');
    expect(receiver.received).toHaveLength(0);
  });

  it('goes as fast as it is told to', async () => {
    const { simulator, time } = await startStill({ timings: { sentAfterMs: 10, deliveredAfterMs: 20 } });
    const messageId = await sendOne(simulator, '+14155551234');
    await time.advance(19);
    expect((await statusOf(simulator, messageId)).status).toBe('sent');
    await time.advance(1);
    expect((await statusOf(simulator, messageId)).status).toBe('DELIVRD');
  });
});
