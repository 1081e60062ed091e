import { describe, expect, it } from 'vitest';
import type { FaultSpec } from '../../../src/simulator/api/fault.ts';
import { INPUT, openSendDesk, WORKSPACE } from './send-desk.ts';

const onSend = (fault: FaultSpec): FaultSpec => ({ path: '/sms/send', ...fault });

describe('a send', () => {
  it('answers every recipient, and is settled and watched before it answers', async () => {
    const desk = await openSendDesk();
    const to = ['+447400123456', '+15550100006', '+4915112345678'];
    const result = await desk.send({ to });
    expect(result).toMatchObject({ isReplay: false, isSandbox: false });
    expect(result.recipients.map(({ recipient, status }) => [recipient, status])).toEqual([
      ['+447400123456', 'ACCEPTED'],
      ['+15550100006', 'BLOCKED_COUNTRY'],
      ['+4915112345678', 'ACCEPTED'],
    ]);
    expect(result.summary).toMatchObject({ totalRecipients: 3, acceptedCount: 2, blockedCount: 1 });
    expect(await desk.entry('order-1')).toMatchObject({ outcome: { kind: 'SENT' } });
    expect(await desk.store.watches.size()).toBe(2);
    expect(desk.postCount).toBe(1);
  });

  it('keeps no text in the ledger', async () => {
    const desk = await openSendDesk();
    await desk.send();
    expect(JSON.stringify(await desk.entry('order-1'))).not.toContain(INPUT.text);
  });

  it('makes up a key when none is given', async () => {
    const desk = await openSendDesk();
    await desk.send({ idempotencyKey: null });
    await desk.send({ idempotencyKey: null });
    expect(desk.postCount).toBe(2);
  });

  it('asks nobody when the input is bad', async () => {
    const desk = await openSendDesk();
    const failure = await desk.failedSend({ to: [], sender: '1' });
    expect(failure).toMatchObject({ code: 'INVALID_INPUT' });
    expect(failure.problems).toHaveLength(2);
    expect(desk.postCount).toBe(0);
    expect(await desk.entry('order-1')).toBeNull();
  });
});

describe('what the provider may do to a send', () => {
  it('connection refused: nothing was sent, the key is free again', async () => {
    const desk = await openSendDesk({ baseUrl: 'http://127.0.0.1:9/api/v1' });
    expect(await desk.failedSend()).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', isSafeToRetry: true });
    expect(await desk.entry('order-1')).toMatchObject({ outcome: { kind: 'NOT_SENT' } });
  });

  it.each(['rate_limit_json', 'rate_limit_html', 'rate_limit_empty', 'db_error'] as const)(
    '%s: is tried again, and sent once',
    async (kind) => {
      const desk = await openSendDesk();
      desk.simulator.faults.next(onSend({ kind }));
      expect(await desk.send()).toMatchObject({ isReplay: false });
      expect(desk.postCount).toBe(2);
      expect(desk.simulator.acceptedCount).toBe(1);
    },
  );

  it.each([
    ['rate_limit_json', 'RATE_LIMITED'],
    ['db_error', 'UPSTREAM_UNAVAILABLE'],
  ] as const)('%s without end: says %s, and the same key works later', async (kind, code) => {
    const desk = await openSendDesk();
    desk.simulator.faults.rate({ ...onSend({ kind }), probability: 1 });
    expect(await desk.failedSend()).toMatchObject({ code });
    desk.simulator.faults.clear();
    expect(await desk.send()).toMatchObject({ isReplay: false });
    expect(desk.simulator.acceptedCount).toBe(1);
  });

  it('insufficient balance: tells the figures, and the same key works once it is topped up', async () => {
    const desk = await openSendDesk({ account: { balance: '0.0001' } });
    const failure = await desk.failedSend();
    expect(failure).toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    expect(failure).toMatchObject({ shortfall: { balance: '0.0001', totalRecipients: 1 } });
    desk.simulator.changeAccount(WORKSPACE, { balance: '10' });
    expect(await desk.send()).toMatchObject({ isReplay: false });
  });

  it.each(['NO_SMS_ACCESS', 'CONFIG_ERROR', 'WORKSPACE_NOT_AVAILABLE'] as const)(
    '%s: is refused under its own name',
    async (sendRefusal) => {
      const desk = await openSendDesk({ account: { sendRefusal } });
      expect(await desk.failedSend()).toMatchObject({ name: 'SendRefusedError', code: sendRefusal });
      expect(desk.postCount).toBe(1);
    },
  );

  it('an input that only the provider refuses: is refused again without asking', async () => {
    const desk = await openSendDesk();
    desk.simulator.faults.next(onSend({ kind: 'error', errorCode: 'INVALID_SENDER' }));
    const failure = await desk.failedSend();
    expect(failure.problems).toMatchObject([{ path: ['input', 'sender'] }]);
    expect((await desk.failedSend()).problems).toEqual(failure.problems);
    expect(desk.postCount).toBe(1);
  });

  it.each([
    ['internal_error', 0],
    ['html_5xx', 0],
    ['sandbox_unavailable', 0],
    ['cut_before', 0],
    ['cut_after', 1],
    ['cut_answer', 1],
    ['not_json', 1],
  ] as const)('%s: is unknown, and never sent again', async (kind, acceptedCount) => {
    const desk = await openSendDesk();
    desk.simulator.faults.next(onSend({ kind }));
    expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN', idempotencyKey: 'order-1' });
    expect(desk.postCount).toBe(1);
    expect(desk.simulator.acceptedCount).toBe(acceptedCount);
    expect(await desk.entry('order-1')).toMatchObject({ outcome: { kind: 'UNKNOWN' } });
  });

  it('no answer in time: is unknown', async () => {
    const desk = await openSendDesk();
    desk.simulator.faults.next(onSend({ kind: 'slow', delayMs: 60_000 }));
    expect(await desk.failedSend()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  it('tells the key it made up when the outcome is unknown, so that it can be asked for', async () => {
    const desk = await openSendDesk();
    desk.simulator.faults.next(onSend({ kind: 'cut_after' }));
    const { idempotencyKey } = await desk.failedSend({ idempotencyKey: null });
    expect(idempotencyKey).toMatch(/^auto-/);
    expect(await desk.send({ idempotencyKey: idempotencyKey ?? null })).toMatchObject({ isReplay: true });
  });
});
