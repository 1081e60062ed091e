import { beforeEach, describe, expect, it } from 'vitest';
import { PLAIN_SEND, SEND_ANSWER, SEND_REQUEST, SENT_ID } from '../../support/sample-send.ts';
import { json } from '../../support/scripted-upstream.ts';
import { useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();
beforeEach(() => provider.upstream.script(json(SEND_ANSWER)));

describe('what was just sent', () => {
  it('is known to the same operation without a call', async () => {
    const session = provider.test.session();
    await session.sendMessages(SEND_REQUEST, PLAIN_SEND);
    provider.test.clock.advance(60_000);
    expect(await session.loadMessage(SENT_ID)).toEqual({
      messageId: SENT_ID,
      recipient: '+14155551234',
      sender: 'MyApp',
      text: 'Hello 👋',
      encoding: 'UCS_2',
      segments: 1,
      status: 'PENDING',
      rawStatus: 'pending',
      statusCode: null,
      cost: null,
      createdAt: '2025-04-03T08:00:00.123Z',
      deliveredAt: null,
    });
    expect(session.cost).toEqual({ calls: 1, coalesced: 0, cached: 0 });
  });

  it('has its exact cost when it is the only recipient', async () => {
    provider.upstream.script(
      json(
        `{"status":true,"results":[{"dnis":"+14155551234","message_id":"${SENT_ID}","segments":1,"status":"accepted"}],` +
          '"summary":{"total_recipients":1,"accepted_count":1,"total_cost":0.0085,"encoding":"GSM-7"}}',
      ),
    );
    const session = provider.test.session();
    await session.sendMessages({ ...SEND_REQUEST, to: ['+14155551234'] }, PLAIN_SEND);
    expect(await session.loadMessage(SENT_ID)).toMatchObject({ cost: '0.0085' });
  });

  it('follows the reports that arrive meanwhile', async () => {
    const session = provider.test.session();
    await session.sendMessages(SEND_REQUEST, PLAIN_SEND);
    const news = { status: 'DELIVERED', rawStatus: 'DELIVRD', statusCode: '000' } as const;
    provider.test.provider.applyReport({
      messageId: SENT_ID,
      deliveredAt: '2026-02-13T10:30:04.000Z',
      ...news,
    });
    expect(await session.loadMessage(SENT_ID)).toMatchObject(news);
    expect(session.cost.calls).toBe(1);
  });

  it('is asked for by other operations once a moment has passed', async () => {
    await provider.test.session().sendMessages(SEND_REQUEST, PLAIN_SEND);
    const status = { message_id: SENT_ID, recipient: '+14155551234', status: 'sent', cost: 0.0085 };
    provider.upstream.script(json({ status: true, message: status }));
    const other = provider.test.session();
    expect(await other.loadMessage(SENT_ID)).toMatchObject({ status: 'PENDING' });
    provider.test.clock.advance(1001);
    expect(await other.loadMessage(SENT_ID)).toMatchObject({ status: 'SENT' });
    expect(other.cost).toEqual({ calls: 1, coalesced: 0, cached: 1 });
  });

  it('is in the lists that are read next', async () => {
    const page = { messages: [], total: 0, page: 1, limit: 25, total_pages: 0 };
    const query = {
      range: { from: '2026-02-13', to: '2026-02-13' },
      statusGroup: null,
      phoneContains: null,
      country: null,
      sender: null,
    };
    const session = provider.test.session();
    const list = () => session.listMessages(query, { page: 1, limit: 25 });
    provider.upstream.script(json(page));
    await list();
    await session.sendMessages(SEND_REQUEST, PLAIN_SEND).catch(() => undefined);
    provider.upstream.script(json({ ...page, total: 1 }));
    expect((await list()).total).toBe(1);
  });
});
