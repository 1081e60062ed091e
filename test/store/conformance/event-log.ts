import { describe, expect, it } from 'vitest';
import { BEFORE_ALL, comparePositions } from '../../../src/store/store.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import type { OpenStoreUnderTest } from '../conformance.ts';
import { useStore } from './use-store.ts';

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => deliveryReport({ messageId: `m-${index}` }));

export function describeEventLog(open: OpenStoreUnderTest): void {
  describe('event log', () => {
    const under = useStore(open);

    it('reads back what was appended, with every member, under the position it was given', async () => {
      const report = deliveryReport();
      const { position, isDuplicate } = await under.store.log.append('main', report);
      expect(isDuplicate).toBe(false);
      expect(await under.store.log.read(BEFORE_ALL, 10)).toEqual([{ position, workspace: 'main', report }]);
    });

    it('keeps what is null null', async () => {
      const report = deliveryReport({ sender: null, statusCode: null, segments: null, cost: null });
      await under.store.log.append('main', report);
      const [entry] = await under.store.log.read(BEFORE_ALL, 1);
      expect(entry?.report).toEqual(report);
    });

    it('takes the same report once, and answers a repeat with the position of the first', async () => {
      const first = await under.store.log.append('main', deliveryReport());
      const repeat = await under.store.log.append(
        'main',
        deliveryReport({ receivedAt: '2026-02-13T11:00:00.000Z', isRecovered: true, cost: '1' }),
      );
      expect(repeat).toEqual({ position: first.position, isDuplicate: true });
      expect(await under.store.log.read(BEFORE_ALL, 10)).toHaveLength(1);
    });

    it.each([
      ['message', deliveryReport({ messageId: 'another' })],
      ['status', deliveryReport({ rawStatus: 'UNDELIV', status: 'UNDELIVERED' })],
      ['status code', deliveryReport({ statusCode: '001' })],
      ['missing status code', deliveryReport({ statusCode: null })],
      ['time', deliveryReport({ occurredAt: '2026-02-13T10:30:05.000Z' })],
    ])('takes a report with another %s as a new one', async (_what, report) => {
      await under.store.log.append('main', deliveryReport());
      expect(await under.store.log.append('main', report)).toMatchObject({ isDuplicate: false });
      expect(await under.store.log.read(BEFORE_ALL, 10)).toHaveLength(2);
    });

    it('takes the same report of another workspace as a new one', async () => {
      await under.store.log.append('main', deliveryReport());
      expect(await under.store.log.append('other', deliveryReport())).toMatchObject({ isDuplicate: false });
    });

    it('makes one entry of each report that three clients append at once', async () => {
      const clients = await under.clients(3);
      const reports = numbered(100);
      const results = await Promise.all(
        reports.flatMap((report) => clients.map((client) => client.log.append('main', report))),
      );
      expect(results.filter((result) => !result.isDuplicate)).toHaveLength(100);
      const entries = await under.store.log.read(BEFORE_ALL, 1000);
      expect(entries).toHaveLength(100);
      expect(new Set(entries.map(({ report }) => report.messageId)).size).toBe(100);
      expect(new Set(results.map(({ position }) => position))).toEqual(
        new Set(entries.map(({ position }) => position)),
      );
    });

    it('gives growing positions, in the order in which one client appends', async () => {
      const results = await Promise.all(
        numbered(300).map((report) => under.store.log.append('main', report)),
      );
      const entries = await under.store.log.read(BEFORE_ALL, 1000);
      expect(entries.map(({ position }) => position)).toEqual(results.map(({ position }) => position));
      for (const [index, { position }] of entries.slice(1).entries()) {
        expect(comparePositions(position, entries[index]?.position ?? '')).toBeGreaterThan(0);
      }
    });

    it('reads on from a position, excluding it, and no more than asked for', async () => {
      for (const report of numbered(5)) await under.store.log.append('main', report);
      const all = await under.store.log.read(BEFORE_ALL, 10);
      expect(await under.store.log.read(BEFORE_ALL, 2)).toEqual(all.slice(0, 2));
      expect(await under.store.log.read(all[1]?.position ?? '', 2)).toEqual(all.slice(2, 4));
      expect(await under.store.log.read(all[4]?.position ?? '', 10)).toEqual([]);
    });

    it('reads the timelines of messages, each oldest first, of their workspace only', async () => {
      const sent = deliveryReport({ messageId: 'a', rawStatus: 'sent', status: 'SENT' });
      const delivered = deliveryReport({ messageId: 'a' });
      await under.store.log.append('main', sent);
      await under.store.log.append('main', deliveryReport({ messageId: 'b' }));
      await under.store.log.append('main', delivered);
      await under.store.log.append('other', deliveryReport({ messageId: 'a', rawStatus: 'EXPIRED' }));
      const timelines = await under.store.log.readMessages('main', ['a', 'b', 'none']);
      expect(timelines.get('a')?.map(({ report }) => report)).toEqual([sent, delivered]);
      expect(timelines.get('b')).toHaveLength(1);
      expect(timelines.get('none') ?? []).toEqual([]);
    });

    it('reads the timelines of many messages at once', async () => {
      const reports = numbered(250);
      await Promise.all(reports.map((report) => under.store.log.append('main', report)));
      const ids = reports.map(({ messageId }) => messageId);
      const timelines = await under.store.log.readMessages('main', ids);
      expect(ids.filter((id) => timelines.get(id)?.[0]?.report.messageId === id)).toEqual(ids);
    });

    it.each([
      ['long', 'x'.repeat(60_000)],
      ['empty', ''],
      ['with NUL', 'a\u0000b'],
      ['with signs', '#~:|%\n"\\'],
      ['not Latin', 'сообщение 💬'],
    ])('holds and dedupes a message id that is %s', async (_what, messageId) => {
      const report = deliveryReport({ messageId, rawStatus: messageId });
      const { position } = await under.store.log.append('main', report);
      expect(await under.store.log.append('main', report)).toEqual({ position, isDuplicate: true });
      const timelines = await under.store.log.readMessages('main', [messageId, `${messageId}x`]);
      expect(timelines.get(messageId)).toEqual([{ position, workspace: 'main', report }]);
      expect(timelines.get(`${messageId}x`) ?? []).toEqual([]);
    });

    it('never mixes up workspaces and messages whose names run into each other', async () => {
      await under.store.log.append('a:b', deliveryReport({ messageId: 'c' }));
      await under.store.log.append('r', deliveryReport({ messageId: 'w' }));
      expect((await under.store.log.readMessages('a', ['b:c'])).get('b:c') ?? []).toEqual([]);
      expect((await under.store.log.readMessages('r', ['w'])).get('w')).toHaveLength(1);
    });

    it('writes no text of a message to the disk, even when a report carries one', async () => {
      const smuggled = { ...deliveryReport(), text: 'canary-in-the-text', message: 'canary-in-the-text' };
      await under.store.log.append('main', smuggled);
      const [entry] = await under.store.log.read(BEFORE_ALL, 1);
      expect(entry?.report).toEqual(deliveryReport());
      const disk = await under.readDisk();
      expect(disk.includes(smuggled.messageId)).toBe(true);
      expect(disk.includes('canary-in-the-text')).toBe(false);
    });
  });
}
