import { describe, expect, it, vi } from 'vitest';
import { claimSend } from '../../../src/resolvers/sends/claim-send.ts';
import { CLAIM_MS, fingerprintSend, NOT_SENT_AFTER_MS } from '../../../src/resolvers/sends/prepared-send.ts';
import type { FaultSpec } from '../../../src/simulator/api/fault.ts';
import { INPUT, openSendDesk, type SendDesk } from './send-desk.ts';

const MINUTE_MS = 60_000;

const failNext = (desk: SendDesk, kind: FaultSpec['kind']) =>
  desk.simulator.faults.next({ path: '/sms/send', kind });

/** What a process leaves behind that dies right after the claim, or right after the provider took the send in. */
async function dieMidSend(desk: SendDesk, isAccepted: boolean, processId?: string): Promise<void> {
  const context = { ...desk.context(), ...(processId !== undefined && { processId }) };
  const fingerprint = fingerprintSend(desk.rootKey, INPUT);
  const prepared = { request: INPUT, idempotencyKey: 'order-1', fingerprint };
  await claimSend(prepared, null, context);
  if (!isAccepted) return;
  await context.provider.sendMessages(INPUT, { replay: null });
}

const expectSentOnce = (desk: SendDesk) => expect(desk.simulator.acceptedCount).toBe(1);

describe('asking again after an unknown outcome', () => {
  it('finds the send in the history, and tells it as the result', async () => {
    const desk = await openSendDesk();
    failNext(desk, 'cut_after');
    await desk.failedSend();
    const result = await desk.send();
    const [record] = desk.simulator.sentTo('+447400123456');
    expect(result).toMatchObject({
      isReplay: true,
      recipients: [{ recipient: '+447400123456', status: 'ACCEPTED', messageId: record?.messageId }],
      summary: { totalRecipients: 1, acceptedCount: 1, totalSegments: 1 },
    });
    expect(desk.postCount).toBe(1);
    expect(await desk.entry('order-1')).toMatchObject({ outcome: { kind: 'SENT' } });
    expect(await desk.store.watches.size()).toBe(1);
  });

  it('costs one REST call for one recipient', async () => {
    const desk = await openSendDesk();
    failNext(desk, 'cut_after');
    await desk.failedSend();
    const context = desk.context();
    await desk.send({}, context);
    expect(context.provider.cost.calls).toBe(1);
  });

  it('finds a batch by its stamp, and says who is not in it once nothing more can appear', async () => {
    const desk = await openSendDesk();
    desk.simulator.addArrivals(150);
    const to = [...Array.from({ length: 8 }, (_, index) => `+447400${100_000 + 37 * index}`), '+15550100006'];
    failNext(desk, 'cut_after');
    await desk.failedSend({ to });
    desk.simulator.addArrivals(150);
    expect(await desk.failedSend({ to })).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await desk.time.advance(CLAIM_MS + NOT_SENT_AFTER_MS);
    const { recipients } = await desk.send({ to });
    expect(recipients.map(({ recipient }) => recipient)).toEqual(to);
    expect(recipients.slice(0, 8).every(({ status }) => status === 'ACCEPTED')).toBe(true);
    expect(recipients[8]).toMatchObject({ status: 'UNRECOGNIZED', messageId: null });
    expect(desk.postCount).toBe(1);
  });

  it('stays unknown while the history does not show it, and never sends', async () => {
    const desk = await openSendDesk();
    failNext(desk, 'cut_before');
    await desk.failedSend();
    for (let minute = 0; minute < 10; minute += 1) {
      await desk.time.advance(MINUTE_MS);
      expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    }
    expect(desk.postCount).toBe(1);
  });

  it('sends anew only once it is proven that nothing was sent', async () => {
    const desk = await openSendDesk();
    failNext(desk, 'cut_before');
    await desk.failedSend();
    await desk.time.advance(CLAIM_MS + NOT_SENT_AFTER_MS);
    expect(await desk.send()).toMatchObject({ isReplay: false });
    expectSentOnce(desk);
  });

  it('takes no absence for a proof when the history may have been forgotten', async () => {
    const desk = await openSendDesk();
    failNext(desk, 'cut_before');
    await desk.failedSend();
    await desk.time.advance(24 * 60 * MINUTE_MS);
    expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('stays unknown while the history cannot be read', async () => {
    const desk = await openSendDesk();
    failNext(desk, 'cut_after');
    await desk.failedSend();
    desk.simulator.faults.rate({ path: '/sms/messages', kind: 'internal_error', probability: 1 });
    expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    desk.simulator.faults.clear();
    expect(await desk.send()).toMatchObject({ isReplay: true });
    expectSentOnce(desk);
  });

  it('does not take the messages of an equal send under another key for its own', async () => {
    const desk = await openSendDesk();
    await desk.send({ idempotencyKey: 'order-2' });
    failNext(desk, 'cut_before');
    await desk.failedSend();
    expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await desk.time.advance(CLAIM_MS + NOT_SENT_AFTER_MS);
    expect(await desk.send()).toMatchObject({ isReplay: false });
    expect(desk.simulator.acceptedCount).toBe(2);
  });

  it('finds a request that lingered on its way and arrived long after it was given up', async () => {
    const desk = await openSendDesk();
    failNext(desk, 'cut_before');
    await desk.failedSend();
    await desk.time.advance(30 * MINUTE_MS);
    await desk.context().provider.sendMessages(INPUT, { replay: null });
    expect(await desk.send()).toMatchObject({ isReplay: true });
    expectSentOnce(desk);
  });

  it('gives one batch to neither of two equal sends before the history had time to show both', async () => {
    const desk = await openSendDesk();
    failNext(desk, 'cut_after');
    await desk.failedSend();
    await desk.time.advance(1);
    failNext(desk, 'cut_before');
    await desk.failedSend({ idempotencyKey: 'order-2' });
    for (const idempotencyKey of ['order-1', 'order-2'])
      expect(await desk.failedSend({ idempotencyKey })).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await desk.time.advance(CLAIM_MS + NOT_SENT_AFTER_MS);
    // The younger one waits for the older one, which takes the batch; then it is known not to have been sent.
    expect(await desk.failedSend({ idempotencyKey: 'order-2' })).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await desk.send()).toMatchObject({ isReplay: true });
    expect(await desk.send({ idempotencyKey: 'order-2' })).toMatchObject({ isReplay: false });
    expect(desk.simulator.acceptedCount).toBe(2);
  });

  it('takes no batch while an equal send waits for its answer', async () => {
    const desk = await openSendDesk();
    failNext(desk, 'cut_before');
    await desk.failedSend();
    desk.simulator.faults.next({ path: '/sms/send', kind: 'slow', delayMs: 900 });
    const slow = desk.send({ idempotencyKey: 'order-2' });
    await vi.waitFor(() => expect(desk.simulator.acceptedCount).toBe(1));
    expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    const { recipients } = await slow;
    expect(recipients[0]?.messageId).toBe(desk.simulator.sentTo('+447400123456')[0]?.messageId);
    await desk.time.advance(CLAIM_MS + NOT_SENT_AFTER_MS);
    expect(await desk.send()).toMatchObject({ isReplay: false });
    expect(desk.simulator.acceptedCount).toBe(2);
  });

  it('proves nothing while somebody else sent to the same number meanwhile, past this gateway', async () => {
    const desk = await openSendDesk();
    failNext(desk, 'cut_before');
    await desk.failedSend();
    const { provider } = desk.context();
    await provider.sendMessages({ ...INPUT, text: 'altered' }, { replay: null });
    await desk.time.advance(CLAIM_MS + NOT_SENT_AFTER_MS);
    expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });
});

describe('a process that dies in the middle of a send', () => {
  it('leaves a send that is found, never repeated', async () => {
    const desk = await openSendDesk();
    await dieMidSend(desk, true);
    await desk.time.advance(CLAIM_MS + 1);
    expect(await desk.send()).toMatchObject({ isReplay: true });
    expect(desk.postCount).toBe(1);
  });

  it('is known to be gone by its lease: the truth is found at once', async () => {
    const desk = await openSendDesk();
    await dieMidSend(desk, true, 'process-that-died');
    expect(await desk.send()).toMatchObject({ isReplay: true });
    expect(desk.postCount).toBe(1);
  });

  it('is waited for while it shows signs of life', async () => {
    const desk = await openSendDesk();
    await dieMidSend(desk, true, 'process-elsewhere');
    await desk.store.leases.acquire('process/process-elsewhere', 'process-elsewhere', MINUTE_MS);
    const repeat = desk.send();
    await desk.store.leases.release('process/process-elsewhere', 'process-elsewhere');
    expect(await repeat).toMatchObject({ isReplay: true });
    expect(desk.postCount).toBe(1);
  });

  it('leaves an unknown outcome when nothing is found, and a free key once that is proven', async () => {
    const desk = await openSendDesk();
    await dieMidSend(desk, false);
    await desk.time.advance(CLAIM_MS + 1);
    expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(await desk.entry('order-1')).toMatchObject({ outcome: { kind: 'UNKNOWN' } });
    await desk.time.advance(NOT_SENT_AFTER_MS);
    expect(await desk.send()).toMatchObject({ isReplay: false });
    expectSentOnce(desk);
  });
});

describe('with a signed key', () => {
  const SIGNED = { apiSecret: 'secret of the test' };

  it('notes the signature before the request is written', async () => {
    const desk = await openSendDesk(SIGNED);
    await desk.send();
    const { signedAttempt } = (await desk.entry('order-1')) ?? {};
    expect(signedAttempt).toMatchObject({ signature: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('probes with the very same bytes: what never arrived is sent now, once', async () => {
    const desk = await openSendDesk(SIGNED);
    failNext(desk, 'cut_before');
    await desk.failedSend();
    expect(await desk.send()).toMatchObject({ recipients: [{ status: 'ACCEPTED' }] });
    expect(await desk.entry('order-1')).toMatchObject({ outcome: { kind: 'SENT' } });
    expectSentOnce(desk);
  });

  it('probes any number of times at once, and sends once', async () => {
    const desk = await openSendDesk(SIGNED);
    failNext(desk, 'cut_before');
    await desk.failedSend();
    await Promise.allSettled(Array.from({ length: 10 }, () => desk.send()));
    expectSentOnce(desk);
    expect(await desk.send()).toMatchObject({ isReplay: true });
  });

  it('learns nothing from a replay that is refused, and sends nothing', async () => {
    const desk = await openSendDesk(SIGNED);
    failNext(desk, 'internal_error'); // behind the signature check: the pair is used up
    await desk.failedSend();
    expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(desk.simulator.acceptedCount).toBe(0);
  });

  it('does not probe with a signature that is too old to tell anything', async () => {
    const desk = await openSendDesk(SIGNED);
    failNext(desk, 'cut_before');
    await desk.failedSend();
    await desk.time.advance(5 * MINUTE_MS);
    expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(desk.postCount).toBe(1);
  });
});
