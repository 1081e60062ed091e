import { describe, expect, it, vi } from 'vitest';
import { CLAIM_MS, NOT_SENT_AFTER_MS } from '../../../src/resolvers/sends/prepared-send.ts';
import {
  createSendReconciler,
  type SendReconcilerOptions,
} from '../../../src/resolvers/sends/send-reconciler.ts';
import { openSendDesk, type SendDesk, WORKSPACE } from './send-desk.ts';

function createReconciler(desk: SendDesk, changes: Partial<SendReconcilerOptions> = {}) {
  return createSendReconciler({
    ...desk.context(),
    providers: new Map([[WORKSPACE, desk.provider]]),
    isSandbox: () => false,
    ...changes,
  });
}

async function loseAnswers(desk: SendDesk, kind: 'cut_before' | 'cut_after', count: number): Promise<void> {
  desk.simulator.faults.next({ path: '/sms/send', kind, times: count });
  for (let index = 0; index < count; index += 1)
    await desk.failedSend({ idempotencyKey: `${kind}-${index}`, to: [`+4474001${20_000 + index * 137}`] });
}

const listCalls = (desk: SendDesk) => desk.simulator.requests.count({ path: '/sms/messages' });

describe('the send reconciler', () => {
  it('finds every send that was made, and watches its messages', async () => {
    const desk = await openSendDesk();
    await loseAnswers(desk, 'cut_after', 3);
    expect(await createReconciler(desk).runOnce()).toBe(3);
    for (const index of [0, 1, 2])
      expect(await desk.entry(`cut_after-${index}`)).toMatchObject({ outcome: { kind: 'SENT' } });
    expect(await desk.store.watches.size()).toBe(3);
    expect(desk.postCount).toBe(3);
    expect(await desk.metrics.render()).toContain('gateway_sends_resolved_total{outcome="sent"} 3');
  });

  it('says "not sent" only when the history had time to show it', async () => {
    const desk = await openSendDesk();
    await loseAnswers(desk, 'cut_before', 1);
    const reconciler = createReconciler(desk);
    expect(await reconciler.runOnce()).toBe(0);
    await desk.time.advance(CLAIM_MS + NOT_SENT_AFTER_MS);
    expect(await reconciler.runOnce()).toBe(1);
    expect(await desk.entry('cut_before-0')).toMatchObject({ outcome: { kind: 'NOT_SENT' } });
    expect(desk.postCount).toBe(1);
  });

  it('leaves a send alone that is still running', async () => {
    const desk = await openSendDesk();
    desk.simulator.faults.next({ path: '/sms/send', kind: 'slow', delayMs: 900 });
    const sending = desk.send();
    await vi.waitFor(() => expect(desk.postCount).toBe(1));
    expect(await createReconciler(desk).runOnce()).toBe(0);
    expect(listCalls(desk)).toBe(0);
    await desk.time.advance(900);
    expect(await sending).toMatchObject({ isReplay: false });
  });

  it('asks less and less often for what the history does not show', async () => {
    const desk = await openSendDesk();
    await loseAnswers(desk, 'cut_before', 1);
    const reconciler = createReconciler(desk);
    for (let second = 0; second < 300; second += 5) {
      await reconciler.runOnce();
      await desk.time.advance(5000);
    }
    expect(listCalls(desk)).toBeGreaterThanOrEqual(5);
    expect(listCalls(desk)).toBeLessThanOrEqual(7);
  });

  it('asks in the background: callers come first', async () => {
    const desk = await openSendDesk();
    await loseAnswers(desk, 'cut_after', 1);
    desk.simulator.faults.next({ path: '/sms/messages', kind: 'slow', delayMs: 900 });
    const round = createReconciler(desk).runOnce();
    await vi.waitFor(async () =>
      expect(await desk.metrics.render()).toContain('gateway_upstream_places{lane="background"} 1'),
    );
    await vi.waitFor(() => expect(listCalls(desk)).toBe(1));
    await desk.time.advance(900);
    expect(await round).toBe(1);
  });

  it('runs at one replica at a time', async () => {
    const desk = await openSendDesk();
    await loseAnswers(desk, 'cut_after', 1);
    await desk.store.leases.acquire('send-resolver', 'another process', 60_000);
    expect(await createReconciler(desk).runOnce()).toBe(0);
    await desk.store.leases.release('send-resolver', 'another process');
    expect(await createReconciler(desk).runOnce()).toBe(1);
  });

  it('goes on with the others when the provider does not answer for one', async () => {
    const desk = await openSendDesk();
    await loseAnswers(desk, 'cut_after', 2);
    desk.simulator.faults.next({ path: '/sms/messages', kind: 'error', errorCode: 'FORBIDDEN' });
    expect(await createReconciler(desk).runOnce()).toBe(1);
  });

  it('leaves workspaces alone that are not configured any more', async () => {
    const desk = await openSendDesk();
    await loseAnswers(desk, 'cut_after', 1);
    expect(await createReconciler(desk, { providers: new Map() }).runOnce()).toBe(0);
    expect(await desk.entry('cut_after-0')).toMatchObject({ outcome: { kind: 'UNKNOWN' } });
  });

  it('works by itself until it is closed, and gives the lease back', async () => {
    const desk = await openSendDesk();
    await loseAnswers(desk, 'cut_after', 1);
    const reconciler = createReconciler(desk, { intervalMs: 5 });
    reconciler.start();
    await vi.waitFor(async () =>
      expect(await desk.entry('cut_after-0')).toMatchObject({ outcome: { kind: 'SENT' } }),
    );
    await reconciler.close();
    expect(await desk.store.leases.acquire('send-resolver', 'another process', 1000)).toBe(true);
  });
});
