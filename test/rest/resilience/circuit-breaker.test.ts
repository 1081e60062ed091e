import { describe, expect, it, vi } from 'vitest';
import { PLAIN_SEND, SEND_ANSWER, SEND_REQUEST } from '../../support/sample-send.ts';
import { cut, inTurn, json, refusal } from '../../support/scripted-upstream.ts';
import { QUICK_RETRIES } from '../../support/test-provider.ts';
import { errorOf, useScriptedProvider } from '../../support/use-scripted-provider.ts';

const BREAKER = { window: 4, threshold: 0.5, openMs: 40 };
const provider = useScriptedProvider({ retry: { maxAttempts: 1 }, breaker: BREAKER });
const OK = json({ balance: 1, currency: 'EUR' });

const balance = () => {
  provider.test.clock.advance(2000);
  return provider.test.session().fetchBalance();
};
const send = () => provider.test.session().sendMessages(SEND_REQUEST, PLAIN_SEND);
const openCircuit = async () => {
  provider.upstream.script(refusal(500, 'INTERNAL_ERROR'));
  for (let failed = 0; failed < 4; failed += 1) await errorOf(balance());
};
const breakerCounts = async () =>
  Object.fromEntries(
    Array.from(
      (await provider.test.metrics.render()).matchAll(
        /gateway_upstream_breaker_total\{area="balance",state="(\w+)"\} (\d+)/g,
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

  it('is one for each area: sends and other reads are made while one area fails', async () => {
    provider.configure({ breaker: { ...BREAKER, openMs: 60_000 } });
    await openCircuit();
    provider.upstream.script((request, ...rest) =>
      (request.path.endsWith('/send') ? json(SEND_ANSWER) : json([]))(request, ...rest),
    );
    expect(await send()).toMatchObject({ summary: { acceptedCount: 1 } });
    expect(await provider.test.session().fetchPayments()).toEqual([]);
    expect(await errorOf(balance())).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('of sends keeps them from being written, and says that nothing was sent', async () => {
    provider.configure({ breaker: { ...BREAKER, openMs: 60_000 } });
    provider.upstream.script(cut);
    for (let failed = 0; failed < 4; failed += 1) await errorOf(send());
    expect(await errorOf(send())).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', isSafeToRetry: true });
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
    const ask = (id: string, caller = new AbortController()) =>
      provider.test.provider.openSession(caller).refreshMessage(`api_${id}_1`);
    provider.upstream.script(refusal(500, 'INTERNAL_ERROR'));
    for (let failed = 0; failed < 4; failed += 1) await errorOf(ask(`${failed}`));
    provider.upstream.script(() => undefined);
    const caller = new AbortController();
    await vi.waitFor(
      async () => {
        const probe = ask('probe', caller);
        probe.catch(() => undefined);
        await Promise.race([provider.upstream.received(5), probe]);
      },
      { interval: 5 },
    );
    expect(await errorOf(ask('other'))).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(provider.upstream.requests).toHaveLength(5);
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

describe('what calls may retry', () => {
  it('is counted for each area: a send is tried again though failing reads have used up theirs', async () => {
    provider.configure({ retry: { ...QUICK_RETRIES, maxAttempts: 2, reserve: 1, ratio: 0 } });
    provider.upstream.script(refusal(500, 'INTERNAL_ERROR'));
    await errorOf(balance());
    await errorOf(balance());
    expect(provider.upstream.requests).toHaveLength(3);
    provider.upstream.script(inTurn(OK, OK, OK, refusal(429, 'RATE_LIMIT_EXCEEDED'), json(SEND_ANSWER)));
    expect(await send()).toMatchObject({ summary: { acceptedCount: 1 } });
  });
});
