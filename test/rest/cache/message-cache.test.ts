import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/domain/message.ts';
import { createMessageCache } from '../../../src/rest/cache/message-cache.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const ID = 'api_42_1743667200123456789_a3f8b2c1d9e45f67';
const PENDING: Message = {
  messageId: ID,
  recipient: '+14155551234',
  sender: 'MyApp',
  text: 'Hello',
  encoding: 'GSM_7',
  segments: 1,
  status: 'PENDING',
  rawStatus: 'pending',
  statusCode: null,
  cost: '0.0085',
  createdAt: '2026-02-13T10:30:00.000Z',
  deliveredAt: null,
};
const NEWS = {
  status: 'DELIVERED',
  rawStatus: 'DELIVRD',
  statusCode: '000',
  deliveredAt: '2026-02-13T10:30:04.000Z',
} as const;
const DELIVERED: Message = { ...PENDING, ...NEWS };

const createCache = (maxMessages = 10) => {
  const clock = createManualClock();
  return { clock, cache: createMessageCache({ clock, ttlMs: 1000, maxMessages }) };
};

describe('cached messages', () => {
  it('are true for a moment while they are under way', () => {
    const { clock, cache } = createCache();
    cache.put(PENDING);
    clock.advance(999);
    expect(cache.get(ID)).toEqual(PENDING);
    clock.advance(1);
    expect(cache.get(ID)).toBeUndefined();
    expect(cache.lastKnown(ID)).toEqual(PENDING);
  });

  it('are immutable once final', () => {
    const { clock, cache } = createCache();
    cache.put(DELIVERED);
    clock.advance(1e9);
    expect(cache.get(ID)).toEqual(DELIVERED);
  });

  it('are bounded', () => {
    const { cache } = createCache(2);
    for (const id of ['a', 'b', 'c']) cache.put({ ...DELIVERED, messageId: id });
    expect(cache.get('a')).toBeUndefined();
    expect(cache.get('c')).toBeDefined();
  });

  it('follow a report at once and for good', () => {
    const { clock, cache } = createCache();
    cache.put(PENDING);
    clock.advance(5000);
    cache.applyReport({ messageId: ID, ...NEWS });
    clock.advance(5000);
    expect(cache.get(ID)).toEqual(DELIVERED);
  });

  it('of unknown cost are asked for again, though a report made them final', () => {
    const { clock, cache } = createCache();
    cache.put({ ...PENDING, cost: null });
    cache.applyReport({ messageId: ID, ...NEWS });
    expect(cache.get(ID)?.status).toBe('DELIVERED');
    clock.advance(1000);
    expect(cache.get(ID)).toBeUndefined();
  });

  it('known from their send alone are asked for again, though a report made them final', () => {
    const { clock, cache } = createCache();
    cache.seed(PENDING);
    cache.applyReport({ messageId: ID, ...NEWS });
    expect(cache.get(ID)?.status).toBe('DELIVERED');
    clock.advance(1000);
    expect(cache.get(ID)).toBeUndefined();
  });

  it('are not set back by an answer that was under way when the report came', () => {
    const { cache } = createCache();
    cache.put(PENDING);
    cache.applyReport({ messageId: ID, ...NEWS });
    expect(cache.put({ ...PENDING, segments: 2 })).toEqual({ ...DELIVERED, segments: 2 });
    expect(cache.get(ID)?.status).toBe('DELIVERED');
  });

  it('are not set back by a late report of an earlier status', () => {
    const { cache } = createCache();
    cache.put(DELIVERED);
    cache.applyReport({
      messageId: ID,
      status: 'SENT',
      rawStatus: 'sent',
      statusCode: null,
      deliveredAt: null,
    });
    expect(cache.get(ID)).toEqual(DELIVERED);
  });

  it('stay what they were when a contradicting final comes late', () => {
    const { cache } = createCache();
    const undelivered = { status: 'UNDELIVERED', rawStatus: 'UNDELIV', deliveredAt: null } as const;
    cache.put({ ...DELIVERED, ...undelivered });
    cache.applyReport({ messageId: ID, ...NEWS });
    expect(cache.get(ID)).toMatchObject(undelivered);
  });

  it('do not begin with a report', () => {
    const { cache } = createCache();
    cache.applyReport({ messageId: ID, ...NEWS });
    expect(cache.get(ID)).toBeUndefined();
  });
});
