import { expect, it } from 'vitest';
import { parseMessageStatus } from '../../src/domain/message-status.ts';
import { deliveryReports, isContradiction } from '../../src/resolvers/delivery-reports.ts';
import type { LogEntry } from '../../src/store/store.ts';
import { deliveryReport } from '../support/delivery-report.ts';

const entry = (messageId: string, rawStatus: string): LogEntry => ({
  position: '1-0',
  workspace: 'main',
  report: deliveryReport({ messageId, rawStatus, status: parseMessageStatus(rawStatus) }),
});

function openContext() {
  const reads: { readonly workspace: string; readonly messageIds: readonly string[] }[] = [];
  const timelines = new Map([
    ['a', [entry('a', 'ENROUTE'), entry('a', 'DELIVRD')]],
    ['c', [entry('c', 'UNDELIV')]],
    ['d', [entry('d', 'UNDELIV'), entry('d', 'DELIVRD')]],
  ]);
  const readMessages = async (workspace: string, messageIds: readonly string[]) => {
    reads.push({ workspace, messageIds });
    return timelines;
  };
  const viewer = { workspace: 'main', subject: null, scopes: [], isSandbox: false };
  return { reads, context: { viewer, store: { log: { readMessages } } } };
}

it('reads the timelines of all messages of an operation at once, oldest report first', async () => {
  const { context, reads } = openContext();
  const timelines = await Promise.all(['a', 'b', 'c', 'a'].map((id) => deliveryReports(id, context)));
  expect(timelines.map((timeline) => timeline.map((report) => report.rawStatus))).toEqual([
    ['ENROUTE', 'DELIVRD'],
    [],
    ['UNDELIV'],
    ['ENROUTE', 'DELIVRD'],
  ]);
  expect(reads).toEqual([{ workspace: 'main', messageIds: ['a', 'b', 'c'] }]);
});

it('shares nothing between operations', async () => {
  const first = openContext();
  const second = openContext();
  await deliveryReports('a', first.context);
  await deliveryReports('a', second.context);
  expect([first.reads.length, second.reads.length]).toEqual([1, 1]);
});

it('marks the report that contradicts the one that settled the message', async () => {
  const { context } = openContext();
  const [, late] = ['UNDELIV', 'DELIVRD'].map((rawStatus) => entry('d', rawStatus).report);
  const timeline = await deliveryReports('d', context);
  expect(timeline.map(({ status, isContradiction: isMarked }) => [status, isMarked])).toEqual(
    expect.arrayContaining([
      ['UNDELIVERED', false],
      ['DELIVERED', true],
    ]),
  );
  expect(late && (await isContradiction(late, context))).toBe(true);
  expect(await isContradiction(entry('a', 'DELIVRD').report, context)).toBe(false);
});
