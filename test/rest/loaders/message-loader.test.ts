import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  batchAt,
  type HistoryMessage,
  historyScript,
  messageIdAt,
  spreadOver,
} from '../../support/history-script.ts';
import { cut, json, refusal } from '../../support/scripted-upstream.ts';
import { useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();
const MIDNIGHT = Date.parse('2026-02-13T00:00:00Z');
const HOUR = 3_600_000;
const idsOf = (messages: readonly HistoryMessage[]) => messages.map(({ messageId }) => messageId);

/** Loads ids in one tick against a history, and tells what came and what it cost. */
async function load(ids: readonly string[], history: readonly HistoryMessage[]) {
  provider.upstream.script(historyScript(history));
  const session = provider.test.session();
  const loaded = await session.loadMessages(ids);
  return { loaded: loaded.map((message) => idOf(message)), calls: session.cost.calls, session };
}
const idOf = (message: unknown) =>
  message !== null && typeof message === 'object' && 'messageId' in message ? message.messageId : message;
const pathsAsked = () =>
  provider.upstream.requests.map(({ path }) => (path.includes('/status/') ? 'status' : 'page'));

describe('messages by id', () => {
  it('cost one call for one id', async () => {
    const history = spreadOver(MIDNIGHT, MIDNIGHT + HOUR, 10);
    const [id = ''] = idsOf(history);
    expect(await load([id], history)).toMatchObject({ loaded: [id], calls: 1 });
    expect(pathsAsked()).toEqual(['status']);
  });

  it('of one send of a hundred recipients cost one call while it is the latest', async () => {
    const batch = batchAt(MIDNIGHT + 10 * HOUR, 100);
    const history = [...spreadOver(MIDNIGHT, MIDNIGHT + 10 * HOUR - 5000, 5000), ...batch];
    expect(await load(idsOf(batch), history)).toMatchObject({ loaded: idsOf(batch), calls: 1 });
  });

  it('of one send buried under a day of traffic cost a handful of calls', async () => {
    const batch = batchAt(MIDNIGHT + 6 * HOUR, 100);
    const history = [...spreadOver(MIDNIGHT, MIDNIGHT + 24 * HOUR, 50_000), ...batch];
    const { loaded, calls } = await load(idsOf(batch), history);
    expect(loaded).toEqual(idsOf(batch));
    expect(calls).toBeLessThanOrEqual(6);
  });

  it('are found where traffic does not come evenly', async () => {
    const batch = batchAt(MIDNIGHT + 3 * HOUR, 50);
    const rush = spreadOver(MIDNIGHT + 20 * HOUR, MIDNIGHT + 20.1 * HOUR, 20_000);
    const history = [...spreadOver(MIDNIGHT, MIDNIGHT + 24 * HOUR, 2000), ...rush, ...batch];
    const { loaded, calls } = await load(idsOf(batch), history);
    expect(loaded).toEqual(idsOf(batch));
    expect(calls).toBeLessThanOrEqual(12);
  });

  it('of the same minutes cost the pages of those minutes', async () => {
    const history = spreadOver(MIDNIGHT, MIDNIGHT + 24 * HOUR, 20_000);
    const wanted = idsOf(history).slice(9_000, 9_150);
    const { loaded, calls } = await load(wanted, history);
    expect(loaded).toEqual(wanted);
    expect(calls).toBeLessThanOrEqual(7);
  });

  it('all of a quiet day cost its pages', async () => {
    const history = spreadOver(MIDNIGHT, MIDNIGHT + 24 * HOUR, 300);
    const wanted = idsOf(history).filter((_, index) => index % 10 === 0);
    expect(await load(wanted, history)).toMatchObject({ loaded: wanted, calls: 3 });
  });

  it('scattered over a busy day cost hardly more than a call each', async () => {
    const history = spreadOver(MIDNIGHT, MIDNIGHT + 24 * HOUR, 100_000);
    const wanted = idsOf(history).filter((_, index) => index % 5_000 === 17);
    const { loaded, calls } = await load(wanted, history);
    expect(loaded).toEqual(wanted);
    expect(calls).toBeLessThanOrEqual(wanted.length + 2);
  });

  it('of several days are looked up day by day', async () => {
    const [first, second] = [batchAt(MIDNIGHT - HOUR, 40), batchAt(MIDNIGHT + HOUR, 40, 100)];
    const wanted = idsOf([...first, ...second]);
    expect(await load(wanted, [...first, ...second])).toMatchObject({ loaded: wanted, calls: 2 });
  });

  it('that are recorded under the next day are found all the same', async () => {
    const ids = [1, 2, 3, 4].map((index) => messageIdAt(MIDNIGHT + 24 * HOUR - 10, index));
    const history = ids.map((messageId) => ({ messageId, createdAtMs: MIDNIGHT + 24 * HOUR + 5 }));
    expect((await load(ids, history)).loaded).toEqual(ids);
  });

  it('come in the order asked, repeated as asked, null where there is none', async () => {
    const history = spreadOver(MIDNIGHT, MIDNIGHT + HOUR, 50);
    const [a = '', b = '', c = ''] = idsOf(history);
    const gone = messageIdAt(MIDNIGHT + 1000, 999_999);
    const { loaded } = await load([c, 'not-an-id', a, gone, b, a], history);
    expect(loaded).toEqual([c, null, a, null, b, a]);
  });

  it('asked for twice in a tick cost one call', async () => {
    provider.upstream.script(historyScript(batchAt(MIDNIGHT, 1)));
    const [id = ''] = idsOf(batchAt(MIDNIGHT, 1));
    const session = provider.test.session();
    await Promise.all([session.loadMessage(id), session.loadMessage(id)]);
    expect(session.cost.calls).toBe(1);
  });

  it('asked for by two operations at once share their calls', async () => {
    const batch = batchAt(MIDNIGHT, 30);
    provider.upstream.script(historyScript(batch));
    const sessions = [provider.test.session(), provider.test.session()];
    await Promise.all(sessions.map((session) => session.loadMessages(idsOf(batch))));
    expect(sessions.map(({ cost }) => cost.calls)).toEqual([1, 0]);
  });

  it('read in a list before are known', async () => {
    const batch = batchAt(MIDNIGHT, 30);
    provider.upstream.script(historyScript(batch));
    const session = provider.test.session();
    const day = { from: '2026-02-13', to: '2026-02-13' };
    const everything = { statusGroup: null, phoneContains: null, country: null, sender: null };
    await session.listMessages({ range: day, ...everything }, { page: 1, limit: 25 });
    await session.loadMessages(idsOf(batch).slice(0, 25));
    expect(session.cost).toEqual({ calls: 1, coalesced: 0, cached: 25 });
  });

  it('refreshed pass what is known by', async () => {
    const batch = batchAt(MIDNIGHT, 1);
    const [id = ''] = idsOf(batch);
    const { session } = await load([id], batch);
    await session.refreshMessage(id);
    expect(session.cost.calls).toBe(2);
  });

  it('fail one by one, not together', async () => {
    provider.configure({ retry: { maxAttempts: 1 } });
    const [good = '', bad = ''] = idsOf(batchAt(MIDNIGHT, 2));
    const history = historyScript(batchAt(MIDNIGHT, 2));
    provider.upstream.script((request, ...rest) =>
      (request.path.endsWith(bad) ? cut : history)(request, ...rest),
    );
    const [first, second] = await provider.test.session().loadMessages([bad, good]);
    expect(first).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(idOf(second)).toBe(good);
  });

  it('are not asked for one by one when the whole day was refused', async () => {
    const batch = batchAt(MIDNIGHT, 100);
    provider.upstream.script(refusal(403, 'FORBIDDEN'));
    const loaded = await provider.test.session().loadMessages(idsOf(batch));
    expect(loaded.every((message) => message instanceof Error)).toBe(true);
    expect(provider.upstream.requests).toHaveLength(1);
  });

  it('are asked for one by one when the pages make no sense', async () => {
    const batch = batchAt(MIDNIGHT, 5);
    const history = historyScript(batch);
    provider.upstream.script((request, ...rest) =>
      (request.path.includes('/status/') ? history : json('nonsense'))(request, ...rest),
    );
    const loaded = await provider.test.session().loadMessages(idsOf(batch));
    expect(loaded.map(idOf)).toEqual(idsOf(batch));
  });

  it('are always all found, for no more than two calls an id and one a day', async () => {
    const scenario = fc.record({
      seed: fc.integer({ min: 0, max: 1000 }),
      background: fc.integer({ min: 0, max: 3000 }),
      batches: fc.array(fc.record({ minute: fc.nat(1439), size: fc.integer({ min: 1, max: 60 }) }), {
        maxLength: 5,
      }),
      step: fc.integer({ min: 1, max: 400 }),
      missing: fc.nat(5),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, background, batches, step, missing }) => {
        provider.configure({ workspace: `w${seed}` });
        const made = batches.flatMap(({ minute, size }, index) =>
          batchAt(MIDNIGHT + minute * 60_000, size, index * 1000),
        );
        const traffic = spreadOver(MIDNIGHT, MIDNIGHT + 24 * HOUR, background);
        const wanted = [...idsOf(made), ...idsOf(traffic).filter((_, index) => index % step === 0)];
        const absent = Array.from({ length: missing }, (_, index) =>
          messageIdAt(MIDNIGHT + seed * 80_000, 500_000 + index),
        );
        const asked = Array.from(new Set([...wanted, ...absent]));
        const { loaded, calls } = await load(asked, [...made, ...traffic]);
        expect(loaded).toEqual(asked.map((id) => (absent.includes(id) ? null : id)));
        expect(calls).toBeLessThanOrEqual(2 * asked.length + 1);
      }),
      { numRuns: 25 },
    );
  });
});
