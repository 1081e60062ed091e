import { type ExecutionResult, parse, subscribe } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { OperationContext } from '../../src/context.ts';
import { schema } from '../../src/schema/index.ts';
import { openSendDesk, type SendDesk, WORKSPACE } from '../resolvers/sends/send-desk.ts';
import { deliveryReport } from '../support/delivery-report.ts';

const STATUS = /* GraphQL */ `
  subscription Status($ids: [String!]!, $after: String) {
    messageStatusChanged(messageIds: $ids, after: $after) {
      cursor occurredAt previousStatus status
      message { messageId status text }
    }
  }
`;

const REPORTS = /* GraphQL */ `
  subscription Reports($filter: DeliveryReportFilter, $after: String) {
    deliveryReportReceived(filter: $filter, after: $after) {
      cursor occurredAt
      report { messageId recipient status rawStatus isRecovered }
      message { text }
    }
  }
`;

interface DeliveryReportReceived {
  readonly deliveryReportReceived: { readonly cursor: string };
}

/** Answers of an operation that was let in, or the answer of one that was not. */
async function open(
  desk: SendDesk,
  source: string,
  variableValues: Record<string, unknown>,
  changes: Partial<OperationContext> = {},
) {
  const contextValue = desk.context(changes);
  const opened = await subscribe({ schema, document: parse(source), variableValues, contextValue });
  if (!(Symbol.asyncIterator in opened)) return { refusal: opened, stream: null };
  onTestFinished(async () => void (await opened.return(undefined)));
  return { refusal: null, stream: opened };
}

async function openStream(...args: Parameters<typeof open>) {
  const { stream, refusal } = await open(...args);
  if (stream === null) throw new Error(`refused: ${refusal?.errors?.[0]?.message}`);
  return stream;
}

const codeOf = (refusal: ExecutionResult | null) =>
  (refusal?.errors?.[0]?.originalError as { readonly code?: string } | undefined)?.code;

async function sendOne(desk: SendDesk): Promise<string> {
  const { recipients } = await desk.send();
  return recipients[0]?.messageId ?? '';
}

const reportOf = (messageId: string, rawStatus: 'DELIVRD' | 'UNDELIV' = 'DELIVRD') =>
  deliveryReport({
    messageId,
    rawStatus,
    status: rawStatus === 'DELIVRD' ? 'DELIVERED' : 'UNDELIVERED',
    recipient: '+447400123456',
  });

describe('Subscription.messageStatusChanged', () => {
  it('opens with the current state, tells the change, and ends after the final one', async () => {
    const desk = await openSendDesk();
    const messageId = await sendOne(desk);
    const stream = await openStream(desk, STATUS, { ids: [messageId] });
    expect(await stream.next()).toMatchObject({
      value: {
        data: { messageStatusChanged: { previousStatus: null, status: 'PENDING', message: { messageId } } },
      },
    });
    await desk.store.log.append(WORKSPACE, reportOf(messageId));
    expect(await stream.next()).toMatchObject({
      value: {
        data: {
          messageStatusChanged: {
            previousStatus: 'PENDING',
            status: 'DELIVERED',
            message: { status: 'DELIVERED', text: 'Your code is 847291' },
          },
        },
      },
    });
    expect(await stream.next()).toMatchObject({ done: true });
  });

  it.each([
    [[], 'messageIds must name 1 to 100 messages; it names 0.'],
    [
      Array.from({ length: 101 }, (_, index) => `id-${index}`),
      'messageIds must name 1 to 100 messages; it names 101.',
    ],
    [['fine', ''], 'messageIds[1] is not the id of a message.'],
  ])('refuses ids that cannot be followed, naming the argument', async (ids, message) => {
    const desk = await openSendDesk();
    const { refusal } = await open(desk, STATUS, { ids });
    expect(refusal?.errors).toMatchObject([{ message }]);
    expect(codeOf(refusal)).toBe('BAD_USER_INPUT');
    expect(desk.simulator.requests.count()).toBe(0);
  });

  it('refuses an edited cursor when it opens', async () => {
    const desk = await openSendDesk();
    const messageId = await sendOne(desk);
    const { refusal } = await open(desk, STATUS, { ids: [messageId], after: 'edited' });
    expect(codeOf(refusal)).toBe('CURSOR_INVALID');
  });

  it('needs the scope sms.read', async () => {
    const desk = await openSendDesk();
    const { viewer } = desk.context();
    const { refusal } = await open(
      desk,
      STATUS,
      { ids: ['some-id'] },
      { viewer: { ...viewer, scopes: ['sms.send'] } },
    );
    expect(codeOf(refusal)).toBe('FORBIDDEN');
  });
});

describe('Subscription.deliveryReportReceived', () => {
  it('tells each report from now on, with the message on demand', async () => {
    const desk = await openSendDesk();
    const messageId = await sendOne(desk);
    await desk.store.log.append(WORKSPACE, deliveryReport({ messageId: 'before' }));
    const stream = await openStream(desk, REPORTS, {});
    const next = stream.next();
    await desk.store.log.append(WORKSPACE, reportOf(messageId));
    expect(await next).toMatchObject({
      value: {
        data: {
          deliveryReportReceived: {
            report: { messageId, status: 'DELIVERED', rawStatus: 'DELIVRD', isRecovered: false },
            message: { text: 'Your code is 847291' },
          },
        },
      },
    });
  });

  it('resumes after a cursor, with the same filter only', async () => {
    const desk = await openSendDesk();
    const filter = { statuses: ['UNDELIVERED'], phoneContains: '7400', sender: 'MyApp' };
    const first = await openStream(desk, REPORTS, { filter });
    const opened = first.next();
    for (const id of ['a', 'b', 'c']) {
      await desk.store.log.append(WORKSPACE, reportOf(`${id}-delivered`));
      await desk.store.log.append(WORKSPACE, reportOf(id, 'UNDELIV'));
    }
    const { value } = (await opened) as IteratorResult<ExecutionResult<DeliveryReportReceived>, never>;
    const after = value.data?.deliveryReportReceived.cursor;
    const resumed = await openStream(desk, REPORTS, { filter, after });
    expect(await resumed.next()).toMatchObject({
      value: { data: { deliveryReportReceived: { report: { messageId: 'b' }, message: null } } },
    });
    const { refusal } = await open(desk, REPORTS, { filter: { sender: 'Other' }, after });
    expect(codeOf(refusal)).toBe('CURSOR_INVALID');
  });

  it('shows nothing of another workspace', async () => {
    const desk = await openSendDesk();
    const stream = await openStream(desk, REPORTS, {});
    const next = stream.next();
    await desk.store.log.append('other', deliveryReport({ messageId: 'theirs' }));
    await desk.store.log.append(WORKSPACE, deliveryReport({ messageId: 'ours' }));
    expect(await next).toMatchObject({
      value: { data: { deliveryReportReceived: { report: { messageId: 'ours' } } } },
    });
  });

  it('refuses a filter with too many ids, naming it', async () => {
    const desk = await openSendDesk();
    const { refusal } = await open(desk, REPORTS, { filter: { messageIds: [] } });
    expect(refusal?.errors).toMatchObject([
      { message: 'filter.messageIds must name 1 to 100 messages; it names 0.' },
    ]);
  });
});
