import { describe, expect, it, vi } from 'vitest';
import { PLAIN_SEND, SEND_REQUEST } from '../../support/sample-send.ts';
import { cut, inTurn, json, refusal } from '../../support/scripted-upstream.ts';
import { errorOf, useScriptedProvider } from '../../support/use-scripted-provider.ts';

const OPEN_MS = 40;
const provider = useScriptedProvider({
  retry: { maxAttempts: 1 },
  breaker: { window: 4, threshold: 0.5, openMs: OPEN_MS },
});
const OK = json({ balance: 1, currency: 'EUR' });

const balance = () => {
  provider.test.clock.advance(2000);
  return provider.test.session().fetchBalance();
};
const openCircuit = async () => {
  provider.upstream.script(refusal(500, 'INTERNAL_ERROR'));
  for (let failed = 0; failed < 4; failed += 1) await errorOf(balance());
};
const breakerCounts = async () =>
  Object.fromEntries(
    Array.from(
      (await provider.test.metrics.render()).matchAll(
        /gateway_upstream_breaker_total\{state="(\w+)"\} (\d+)/g,
      ),
      ([, state, count]) => [state, Number(count)],
    ),
  );

describe('the circuit to a provider that does not answer', () => {
  it('opens: reads fail at once and make no call', async () => {
    await openCircuit();
    const session = provider.test.session();
    expect(await errorOf(session.fetchBalance())).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(session.cost.calls).toBe(0);
    expect(provider.upstream.requests).toHaveLength(4);
    expect(await breakerCounts()).toEqual({ opened: 1, half_opened: 0, closed: 0 });
  });

  it('keeps sends from being written, and says that nothing was sent', async () => {
    await openCircuit();
    expect(await errorOf(provider.test.session().sendMessages(SEND_REQUEST, PLAIN_SEND))).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(provider.upstream.requests).toHaveLength(4);
  });

  it('lets one call through after a while, and closes when it is answered', async () => {
    await openCircuit();
    provider.upstream.script(OK);
    await vi.waitFor(async () => expect((await balance()).amount).toBe('1'), { interval: 5 });
    await balance();
    expect(provider.upstream.requests).toHaveLength(4 + 2);
    expect(await breakerCounts()).toEqual({ opened: 1, half_opened: 1, closed: 1 });
  });

  it('lets nobody else wait for that one call', async () => {
    await openCircuit();
    provider.upstream.script(() => undefined);
    const caller = new AbortController();
    await vi.waitFor(
      async () => {
        const probe = provider.test.provider.openSession(caller).fetchBalance();
        probe.catch(() => undefined);
        await Promise.race([provider.upstream.received(5), probe]);
      },
      { interval: 5 },
    );
    const other = provider.test.session();
    expect(await errorOf(other.fetchPayments())).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(other.cost.calls).toBe(0);
    caller.abort();
  });

  it('stays closed through refusals and rate limits: the provider is well', async () => {
    const failures = [refusal(403, 'FORBIDDEN'), refusal(404, 'NOT_FOUND'), json('', 429)];
    provider.upstream.script(inTurn(...failures, ...failures, ...failures, OK));
    for (let failed = 0; failed < 9; failed += 1) await errorOf(balance());
    expect((await balance()).amount).toBe('1');
  });

  it('stays closed while only some calls fail', async () => {
    provider.upstream.script(inTurn(cut, OK, OK, cut, OK, OK, cut, OK, OK, OK));
    for (let made = 0; made < 9; made += 1) await balance().catch(() => undefined);
    expect((await balance()).amount).toBe('1');
  });

  it('is not opened by callers who hang up', async () => {
    provider.upstream.script(() => undefined);
    for (let left = 1; left <= 8; left += 1) {
      const caller = new AbortController();
      const reading = provider.test.provider.openSession(caller).fetchBalance();
      await provider.upstream.received(left);
      caller.abort(new Error('hung up'));
      await expect(reading).rejects.toThrow('hung up');
    }
    provider.upstream.script(OK);
    expect((await balance()).amount).toBe('1');
  });
});
