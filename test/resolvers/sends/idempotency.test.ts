import { describe, expect, it, vi } from 'vitest';
import type { ProviderSession } from '../../../src/rest/provider-session.ts';
import { type Store, StoreUnavailableError } from '../../../src/store/store.ts';
import { createDeferred } from '../../support/deferred.ts';
import { openSendDesk, type SendDesk, WORKSPACE } from './send-desk.ts';

/** The provider's session of a caller whose send waits at the door until the test opens it. */
function holdSends(desk: SendDesk) {
  const reached = createDeferred();
  const opened = createDeferred();
  const session = desk.context().provider;
  const provider: ProviderSession = {
    ...session,
    async sendMessages(request, options) {
      reached.resolve();
      await opened.promise;
      return session.sendMessages(request, options);
    },
  };
  return { provider, reached: reached.promise, open: opened.resolve };
}

const storeWhose = (desk: SendDesk, sends: Partial<Store['sends']>): Store => ({
  ...desk.store,
  sends: { ...desk.store.sends, ...sends },
});

const isAway = () => Promise.reject(new StoreUnavailableError('away'));

describe('the same idempotency key', () => {
  it('with the same input answers the first result, without another call', async () => {
    const desk = await openSendDesk();
    const first = await desk.send();
    const second = await desk.send();
    expect(second).toEqual({ ...first, isReplay: true });
    expect(desk.postCount).toBe(1);
  });

  it.each([
    { to: ['+4915112345678'] },
    { text: 'Your code is 847292' },
    { sender: 'OtherApp' },
    { to: ['+447400123456', '+4915112345678'] },
  ])('with another input is refused: %j', async (changes) => {
    const desk = await openSendDesk();
    await desk.send();
    expect(await desk.failedSend(changes)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT' });
    expect(desk.postCount).toBe(1);
  });

  it('of another workspace is another key', async () => {
    const desk = await openSendDesk();
    await desk.send();
    const { viewer } = desk.context();
    const other = await desk.send({ text: 'Hello' }, { viewer: { ...viewer, workspace: 'other' } });
    expect(other.isReplay).toBe(false);
  });

  it('asked for by many at once makes exactly one POST, and all get its result', async () => {
    const desk = await openSendDesk();
    const results = await Promise.all(Array.from({ length: 25 }, () => desk.send()));
    expect(desk.postCount).toBe(1);
    expect(results.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
    expect(new Set(results.map(({ recipients }) => recipients[0]?.messageId)).size).toBe(1);
  });

  it('waits for the send that is running', async () => {
    const desk = await openSendDesk();
    const door = holdSends(desk);
    const first = desk.send({}, { provider: door.provider });
    await door.reached;
    const second = desk.send();
    door.open();
    const [{ recipients }, repeat] = await Promise.all([first, second]);
    expect(repeat).toMatchObject({ isReplay: true, recipients });
    expect(desk.postCount).toBe(1);
  });

  it('lets whoever waited share the failure of the first, instead of trying one after the other', async () => {
    const desk = await openSendDesk({ account: { balance: '0.01' } });
    const door = holdSends(desk);
    const first = desk.failedSend({}, { provider: door.provider });
    await door.reached;
    const repeats = Array.from({ length: 5 }, () => desk.failedSend());
    door.open();
    for (const failure of await Promise.all([first, ...repeats]))
      expect(failure).toMatchObject({ code: 'INSUFFICIENT_BALANCE', shortfall: { balance: '0.01' } });
    expect(desk.postCount).toBe(1);
  });

  it('lets a waiting repeat hang up without harm to the first', async () => {
    const desk = await openSendDesk();
    const door = holdSends(desk);
    const first = desk.send({}, { provider: door.provider });
    await door.reached;
    const caller = new AbortController();
    const second = desk.failedSend({}, { hangUp: caller });
    caller.abort();
    expect(await second).toMatchObject({ name: 'AbortError' });
    door.open();
    expect(await first).toMatchObject({ isReplay: false });
  });
});

describe('a caller who hangs up', () => {
  it('stops the send while nothing is written, and the key stays free', async () => {
    const desk = await openSendDesk();
    const caller = new AbortController();
    const door = holdSends(desk);
    const first = desk.failedSend({}, { hangUp: caller, provider: door.provider });
    await door.reached;
    caller.abort();
    door.open();
    expect(await first).toMatchObject({ isSafeToRetry: true });
    expect(desk.postCount).toBe(0);
    expect(await desk.send()).toMatchObject({ isReplay: false });
  });

  it('stops neither a send that is on the wire nor its settlement, which the process waits for', async () => {
    const desk = await openSendDesk();
    desk.simulator.faults.next({ path: '/sms/send', kind: 'slow', delayMs: 500 });
    const caller = new AbortController();
    const context = desk.context({ hangUp: caller });
    const sending = desk.send({}, context);
    await vi.waitFor(() => expect(desk.postCount).toBe(1));
    caller.abort();
    await desk.time.advance(500);
    expect(context.pendingWork.size).toBe(1);
    await context.pendingWork.whenIdle();
    expect(await desk.entry('order-1')).toMatchObject({ outcome: { kind: 'SENT' } });
    expect(await sending).toMatchObject({ isReplay: false });
  });
});

describe('while the store is away', () => {
  it.each(['find', 'claim'] as const)('nothing is sent when %s fails', async (step) => {
    const desk = await openSendDesk();
    const failure = await desk.failedSend({}, { store: storeWhose(desk, { [step]: isAway }) });
    expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', isSafeToRetry: true });
    expect(desk.postCount).toBe(0);
    expect(await desk.send()).toMatchObject({ isReplay: false });
  });

  it.each([
    ['a signed send cannot note its signature', 'secret of the test'],
    ['the claim cannot be looked at before the request is written', undefined],
  ])('nothing is sent when %s', async (_what, apiSecret) => {
    const desk = await openSendDesk(apiSecret === undefined ? {} : { apiSecret });
    const failure = await desk.failedSend({}, { store: storeWhose(desk, { confirm: isAway }) });
    expect(failure).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', isSafeToRetry: true });
    expect(desk.postCount).toBe(0);
  });

  it('for a moment, the settlement is tried again', async () => {
    const desk = await openSendDesk();
    let failures = 2;
    const settle: Store['sends']['settle'] = (...args) =>
      failures-- > 0 ? isAway() : desk.store.sends.settle(...args);
    expect(await desk.send({}, { store: storeWhose(desk, { settle }) })).toMatchObject({ isReplay: false });
    expect(await desk.entry('order-1')).toMatchObject({ outcome: { kind: 'SENT' } });
  });
});

describe('the ledger entry of a send', () => {
  it('is bound to the workspace of the caller and names the attempt', async () => {
    const desk = await openSendDesk();
    await desk.send();
    const entry = await desk.entry('order-1');
    expect(entry).toMatchObject({ workspace: WORKSPACE, fingerprint: { recipients: ['+447400123456'] } });
    expect(entry?.owner).toMatch(/^process-of-the-test\//);
  });
});
