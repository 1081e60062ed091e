import { describe, expect, it } from 'vitest';
import type { TrafficQuery } from '../../../src/domain/list-query.ts';
import { json } from '../../support/scripted-upstream.ts';
import { useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();
const EVERYTHING: TrafficQuery = {
  range: { from: '2026-02-13', to: '2026-02-14' },
  statusGroup: null,
  phoneContains: null,
  country: null,
  sender: null,
  source: 'ALL',
};
const PAGE = { page: 1, limit: 25 };

describe('the unified history', () => {
  it('is read into traffic items', async () => {
    const row = {
      id: 'c-17',
      source: 'campaign',
      recipient: '+14155551234',
      sender_id: 'MyApp',
      message: 'Sale',
      status: 'sent',
      status_code: null,
      cost: 0.01,
      sent_at: '2026-02-13T10:30:00Z',
      delivered_at: null,
      clicked: true,
      clicked_at: '2026-02-13T11:00:00Z',
      action_type: 'registration',
      action_at: '2026-02-13T11:05:00Z',
    };
    const bare = { id: 9, source: 'pigeon', recipient: '+1', status: 'DELIVRD' };
    const body = { messages: [row, bare, { ...row, source: 'api' }], total: 3 };
    const { rows, totalPages } = await provider.ask(json(body), (session) =>
      session.listTraffic(EVERYTHING, PAGE),
    );
    expect(totalPages).toBe(1);
    expect(provider.asked()).toContain('source=all');
    expect(rows[0]).toEqual({
      itemId: 'c-17',
      messageId: null,
      source: 'CAMPAIGN',
      recipient: '+14155551234',
      sender: 'MyApp',
      text: 'Sale',
      segments: null,
      status: 'SENT',
      rawStatus: 'sent',
      statusCode: null,
      cost: '0.01',
      sentAt: '2026-02-13T10:30:00.000Z',
      deliveredAt: null,
      isClicked: true,
      clickedAt: '2026-02-13T11:00:00.000Z',
      actionType: 'registration',
      actionAt: '2026-02-13T11:05:00.000Z',
    });
    expect(rows[1]).toMatchObject({ itemId: '9', source: 'UNRECOGNIZED', isClicked: null, text: null });
    expect(rows[2]).toMatchObject({ source: 'API', messageId: null });
  });

  it('knows the message behind a row of the API, and its segments where the row has them', async () => {
    const id = 'api_42_1743667200123456789_a3f8b2c1d9e45f67';
    const row = { id, source: 'api', recipient: '+14155551234', status: 'DELIVRD', segments: 2 };
    const foreign = { ...row, source: 'campaign', segments: 'many' };
    const { rows } = await provider.ask(json({ messages: [row, foreign], total: 2 }), (session) =>
      session.listTraffic(EVERYTHING, PAGE),
    );
    expect(rows).toMatchObject([
      { itemId: id, messageId: id, segments: 2 },
      { itemId: id, messageId: null, segments: null },
    ]);
  });
});
