import { describe, expect, it } from 'vitest';
import { createDeferred } from '../support/deferred.ts';
import { runGateway, runSimulated } from '../support/run-gateway.ts';
import { json, startScriptedUpstream } from '../support/scripted-upstream.ts';

const COUNTS = `query ($filter: StatsFilter) {
  stats(filter: $filter) { sent daily { date } byCountry { country } } }`;

describe('what an operation costs', () => {
  it('is one REST call for 50 equal queries at once, and each is told its share', async () => {
    const { ask, simulator } = await runSimulated({ account: { history: { days: 3, messages: 50 } } });
    simulator.faults.next({ kind: 'slow', delayMs: 300 });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ask('{ messages(first: 10) { totalCount nodes { text } } }')),
    );
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(simulator.requests.count()).toBe(1);
    const sum = (part: 'calls' | 'coalesced' | 'cached') =>
      answers.reduce((total, { upstream }) => total + upstream[part], 0);
    expect([sum('calls'), sum('coalesced') + sum('cached')]).toEqual([1, 49]);
    expect(sum('coalesced')).toBeGreaterThan(40);
  });

  it('is told as it was: every number in extensions.upstream is a call that the provider saw', async () => {
    const { ask, simulator } = await runSimulated({
      account: { history: { days: 3, messages: 50 } },
      env: { READ_CACHE_TTL_MS: '60000' },
    });
    const costs: [string, object, number][] = [
      ['{ viewer { workspace } }', {}, 0],
      ['{ balance { amount } }', {}, 1],
      ['{ stats { sent } }', {}, 1],
      [COUNTS, { filter: { period: 'TODAY' } }, 3],
      ['{ stats(filter: { period: YESTERDAY }) { daily { sent } } }', {}, 1],
      [
        '{ messages { totalCount } prices { rate } payments { amount } webhookSettings { deliveryUrl } }',
        {},
        4,
      ],
      ['{ a: messages(first: 5) { totalCount } b: messages(first: 5) { nodes { text } } }', {}, 1],
    ];
    for (const [query, variables, calls] of costs) {
      simulator.requests.clear();
      const first = await ask(query, variables);
      expect(first.errors).toEqual([]);
      expect([first.upstream.calls, simulator.requests.count()], query).toEqual([calls, calls]);
      const again = await ask(query, variables);
      expect([again.upstream.calls, again.upstream.cached >= calls], query).toEqual([0, true]);
    }
  });

  it('is one page for a hundred messages that were sent together', async () => {
    const { ask, simulator } = await runSimulated({ env: { READ_CACHE_TTL_MS: '0' } });
    const to = Array.from({ length: 100 }, (_, index) => `+4477009${10_000 + index * 37}`);
    const sent = await ask(
      `mutation ($to: [String!]!) { sendSms(input: { to: $to, text: "Hi", sender: "MyApp" }) {
         ... on SendResult { recipients { messageId sentMessage { status } } } } }`,
      { to },
    );
    expect(sent.upstream.calls).toBe(1); // what is known of them already costs nothing
    const messageIds = sent.data.sendSms.recipients.map(({ messageId }: { messageId: string }) => messageId);
    const found = await ask(
      'query ($ids: [String!]!) { messagesById(messageIds: $ids) { recipient cost } }',
      { ids: messageIds },
    );
    expect(found.data.messagesById.map(({ recipient }: { recipient: string }) => recipient)).toEqual(to);
    expect(found.upstream.calls).toBe(1);
    expect(simulator.requests.count({ path: '/sms/status' })).toBe(0);
  });
});

describe('a caller who hangs up', () => {
  it('ends the REST call that only they waited for', async () => {
    const isCut = createDeferred();
    const upstream = await startScriptedUpstream((_request, response) => {
      response.on('close', () => isCut.resolve());
    });
    const { ask } = await runGateway(upstream.baseUrl);
    const caller = new AbortController();
    const asked = ask('{ balance { amount } }', {}, caller.signal);
    await upstream.received(1);
    caller.abort();
    await expect(asked).rejects.toThrow();
    await isCut.promise;
    await upstream.close();
  });

  it('leaves the call to those who still wait for the same', async () => {
    const release = createDeferred();
    const upstream = await startScriptedUpstream(async (...args) => {
      await release.promise;
      await json({ balance: 7, currency: 'EUR' })(...args);
    });
    const { ask } = await runGateway(upstream.baseUrl);
    const caller = new AbortController();
    const left = ask('{ balance { amount } }', {}, caller.signal);
    await upstream.received(1);
    const stays = ask('{ balance { amount currency } }');
    // Answered after the second query was taken in: it shares the call by now.
    await ask('{ viewer { workspace } }');
    caller.abort();
    await expect(left).rejects.toThrow();
    release.resolve();
    expect((await stays).data).toEqual({ balance: { amount: '7', currency: 'EUR' } });
    expect(upstream.requests).toHaveLength(1);
    await upstream.close();
  });

  it('over WebSocket too: a query that is given up ends its call', async () => {
    const isCut = createDeferred();
    const upstream = await startScriptedUpstream((_request, response) => {
      response.on('close', () => isCut.resolve());
    });
    const { connect } = await runGateway(upstream.baseUrl);
    const answers = connect().iterate({ query: '{ balance { amount } }' });
    const next = answers.next();
    await upstream.received(1);
    await answers.return?.();
    await isCut.promise;
    await next;
    await upstream.close();
  });
});
