import { describe, expect, it } from 'vitest';
import { createDeferred } from '../../support/deferred.ts';
import { PLAIN_SEND, SEND_REQUEST } from '../../support/sample-send.ts';
import { json, refusal, type Script } from '../../support/scripted-upstream.ts';
import { useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();
const BALANCE = json({ balance: 1, currency: 'EUR' });

/** Answers only once it is let go. */
function held(script: Script) {
  const gate = createDeferred<void>();
  const waiting: Script = async (...call) => {
    await gate.promise;
    return script(...call);
  };
  return { script: waiting, letGo: () => gate.resolve() };
}

describe('identical reads', () => {
  it('in flight are one call, whoever asks', async () => {
    const { script, letGo } = held(BALANCE);
    provider.upstream.script(script);
    const sessions = Array.from({ length: 50 }, () => provider.test.session());
    const reading = Promise.all(sessions.map((session) => session.fetchBalance()));
    await provider.upstream.received(1);
    letGo();
    await reading;
    expect(provider.upstream.requests).toHaveLength(1);
    expect(sessions.map(({ cost }) => cost.calls + cost.coalesced)).toEqual(sessions.map(() => 1));
    expect(sessions.reduce((sum, { cost }) => sum + cost.calls, 0)).toBe(1);
  });

  it('within a second are answered from memory, later anew', async () => {
    const session = provider.test.session();
    provider.upstream.script(BALANCE);
    await session.fetchBalance();
    provider.test.clock.advance(999);
    await session.fetchBalance();
    expect(session.cost).toEqual({ calls: 1, coalesced: 0, cached: 1 });
    provider.test.clock.advance(1);
    await session.fetchBalance();
    expect(session.cost).toEqual({ calls: 2, coalesced: 0, cached: 1 });
  });

  it('of two workspaces are never one', async () => {
    provider.upstream.script(BALANCE);
    await provider.test.session().fetchBalance();
    provider.configure({ workspace: 'other', apiKey: 'sk_prod_other' });
    await provider.test.session().fetchBalance();
    expect(provider.upstream.requests.map(({ headers }) => headers['x-api-key'])).toEqual([
      'sk_prod_of_the_test',
      'sk_prod_other',
    ]);
  });

  it('that failed are not kept', async () => {
    const session = provider.test.session();
    provider.upstream.script(json({ status: false, error_code: 'FORBIDDEN' }, 403));
    await expect(session.fetchBalance()).rejects.toThrow('FORBIDDEN');
    provider.upstream.script(BALANCE);
    expect((await session.fetchBalance()).amount).toBe('1');
  });

  it('share the failure of the call they share', async () => {
    const { script, letGo } = held(json({ status: false, error_code: 'FORBIDDEN' }, 403));
    provider.upstream.script(script);
    const reading = Promise.allSettled([1, 2, 3].map(() => provider.test.session().fetchBalance()));
    await provider.upstream.received(1);
    letGo();
    expect((await reading).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('that were under way during a send are not shared after it', async () => {
    const { script, letGo } = held(json({ balance: 9, currency: 'EUR' }));
    provider.upstream.script((request, response, index) =>
      (request.method === 'GET' ? script : refusal(402, 'INSUFFICIENT_BALANCE'))(request, response, index),
    );
    const before = provider.test.session().fetchBalance();
    await provider.upstream.received(1);
    const sending = provider.test.session().sendMessages(SEND_REQUEST, PLAIN_SEND);
    await expect(sending).rejects.toMatchObject({ code: 'INSUFFICIENT_BALANCE' });
    provider.upstream.script(BALANCE);
    expect((await provider.test.session().fetchBalance()).amount).toBe('1');
    letGo();
    expect((await before).amount).toBe('9');
    expect((await provider.test.session().fetchBalance()).amount).toBe('1');
  });
});

describe('a caller who hangs up', () => {
  /** Resolves when the provider sees the connection of the read end. */
  function watchEnd() {
    const ended = createDeferred<void>();
    const script: Script = (_request, response) => {
      response.once('close', () => ended.resolve());
    };
    return { script, ended: ended.promise };
  }

  it('stops the call at the provider', async () => {
    const { script, ended } = watchEnd();
    provider.upstream.script(script);
    const caller = new AbortController();
    const reading = provider.test.provider.openSession(caller).fetchBalance();
    await provider.upstream.received(1);
    caller.abort(new Error('hung up'));
    await expect(reading).rejects.toThrow('hung up');
    await ended;
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('leaves it running for those who share it, until all are gone', async () => {
    const { script, ended } = watchEnd();
    provider.upstream.script(script);
    const [first, second] = [new AbortController(), new AbortController()];
    const read = (caller: AbortController) => provider.test.provider.openSession(caller).fetchBalance();
    const reading = [read(first), read(second)];
    await provider.upstream.received(1);
    first.abort(new Error('first hung up'));
    await expect(reading[0]).rejects.toThrow('first hung up');
    const third = new AbortController();
    const joined = read(third);
    second.abort(new Error('second hung up'));
    await expect(reading[1]).rejects.toThrow('second hung up');
    expect(provider.upstream.requests).toHaveLength(1);
    third.abort(new Error('third hung up'));
    await expect(joined).rejects.toThrow('third hung up');
    await ended;
  });

  it('does not spoil the call of who comes right after', async () => {
    provider.upstream.script(() => undefined);
    const caller = new AbortController();
    const reading = provider.test.provider.openSession(caller).fetchBalance();
    await provider.upstream.received(1);
    provider.upstream.script(BALANCE);
    caller.abort(new Error('hung up'));
    const next = provider.test.session().fetchBalance();
    await expect(reading).rejects.toThrow('hung up');
    expect((await next).amount).toBe('1');
  });

  it('before asking makes no call', async () => {
    const gone = AbortSignal.abort(new Error('hung up'));
    await expect(provider.test.provider.openSession({ signal: gone }).fetchBalance()).rejects.toThrow(
      'hung up',
    );
    expect(provider.upstream.requests).toHaveLength(0);
  });

  it('stops a read that waits to be repeated', async () => {
    provider.configure({ retry: { rateLimitDelayMs: 60_000, maxDelayMs: 60_000 } });
    provider.upstream.script(json('', 429));
    const caller = new AbortController();
    const reading = provider.test.provider.openSession(caller).fetchBalance();
    await provider.upstream.received(1);
    caller.abort(new Error('hung up'));
    await expect(reading).rejects.toThrow('hung up');
    expect(provider.upstream.requests).toHaveLength(1);
  });
});
