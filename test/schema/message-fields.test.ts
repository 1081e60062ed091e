import {
  type ExecutionResult,
  getNamedType,
  graphql,
  isAbstractType,
  isObjectType,
  parse,
  subscribe,
} from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import type { OperationContext } from '../../src/context.ts';
import { encodeNodeId } from '../../src/domain/node-id.ts';
import { schema } from '../../src/schema/index.ts';
import { StoreUnavailableError } from '../../src/store/store.ts';
import { openSendDesk, type SendDesk, WORKSPACE } from '../resolvers/sends/send-desk.ts';
import { deliveryReport } from '../support/delivery-report.ts';

const RECIPIENT = '+447400123456';
/** The simulator's number whose messages are not delivered. */
const UNDELIVERABLE = '+15550100001';

type Reach = (desk: SendDesk, messageId: string) => Promise<unknown>;

async function run(desk: SendDesk, source: string, variableValues: Record<string, unknown>) {
  const contextValue = desk.context();
  const { data, errors } = await graphql({ schema, source, variableValues, contextValue });
  expect(errors).toBeUndefined();
  return { data: data as Record<string, never>, calls: contextValue.provider.cost.calls };
}

const ask =
  (source: string): Reach =>
  async (desk, id) =>
    (await run(desk, source, { id, nodeId: encodeNodeId('Message', id) })).data;

const firstEvent =
  (source: string, changes: Partial<OperationContext> = {}): Reach =>
  async (desk, id) => {
    const contextValue = desk.context(changes);
    const opened = await subscribe({
      schema,
      document: parse(source),
      variableValues: { id },
      contextValue,
    });
    if (!(Symbol.asyncIterator in opened)) throw new Error('The subscription was refused.');
    onTestFinished(async () => void (await opened.return(undefined)));
    const next = opened.next();
    await desk.store.log.append(WORKSPACE, reportOf(id, 'DELIVRD', '2026-02-13T10:30:09.000Z'));
    const { value } = (await next) as IteratorResult<ExecutionResult, never>;
    return value.data;
  };

const reportOf = (messageId: string, rawStatus: string, occurredAt: string) =>
  deliveryReport({ messageId, rawStatus, recipient: RECIPIENT, occurredAt });

const SEND = /* GraphQL */ `
  mutation Send($to: String!) {
    sendSms(input: { to: [$to], text: "Hello", sender: "MyApp", idempotencyKey: "order-1" }) {
      ... on SendResult { recipients { messageId sentMessage { status } } }
    }
  }
`;

/** Every field that yields a message, and how a caller gets one by it. */
const FIELDS: Readonly<Record<string, Reach>> = {
  'Query.message': ask('query ($id: String!) { message(messageId: $id) { status } }'),
  'Query.messagesById': ask('query ($id: String!) { messagesById(messageIds: [$id]) { status } }'),
  'Query.node': ask('query ($nodeId: ID!) { node(id: $nodeId) { ... on Message { status } } }'),
  'Query.nodes': ask('query ($nodeId: ID!) { nodes(ids: [$nodeId]) { ... on Message { status } } }'),
  'RecipientResult.sentMessage': async (desk) => (await run(desk, SEND, { to: RECIPIENT })).data,
  'MessageStatusChangedEvent.message': firstEvent(
    'subscription ($id: String!) { messageStatusChanged(messageIds: [$id]) { message { status } } }',
  ),
  'DeliveryReportReceivedEvent.message': firstEvent(
    'subscription { deliveryReportReceived { message { status } } }',
  ),
};

/** A page narrowed to a status must hold what the provider found under it. */
const AS_LISTED = ['MessageConnection.nodes', 'MessageEdge.node'];

const messageType = schema.getType('Message');

const fieldsOfMessage = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
  .filter(({ field }) => {
    const named = getNamedType(field.type);
    const canBe = isAbstractType(named) ? schema.getPossibleTypes(named) : [named];
    return canBe.some((possible) => possible === messageType);
  })
  .map(({ type, field }) => `${type.name}.${field.name}`);

async function sendOne(desk: SendDesk, to = RECIPIENT): Promise<string> {
  const { data } = await run(desk, SEND, { to });
  const { recipients } = data['sendSms'] as unknown as { recipients: { messageId: string }[] };
  return recipients[0]?.messageId ?? '';
}

it('names here every field that yields a message', () => {
  expect([...Object.keys(FIELDS), ...AS_LISTED].toSorted()).toEqual(fieldsOfMessage.toSorted());
});

it.each(Object.entries(FIELDS))('%s counts a report that the provider lags behind', async (_field, reach) => {
  const desk = await openSendDesk();
  const messageId = await sendOne(desk);
  // Straight to the log: the read cache of this process does not know it.
  await desk.store.log.append(WORKSPACE, reportOf(messageId, 'DELIVRD', '2026-02-13T10:30:04.000Z'));
  const answer = JSON.stringify(await reach(desk, messageId));
  expect(answer.match(/"status":"(\w+)"/)?.[1]).toBe('DELIVERED');
});

it('an event shows the message as its first final report says, also when the provider says another end', async () => {
  const desk = await openSendDesk();
  const messageId = await sendOne(desk, UNDELIVERABLE);
  await desk.time.advance(60_000);
  const { data } = await run(desk, 'query ($id: String!) { message(messageId: $id) { status } }', {
    id: messageId,
  });
  expect(data).toEqual({ message: { status: 'UNDELIVERED' } });
  const reach = firstEvent(
    'subscription { deliveryReportReceived { report { status } message { status } } }',
  );
  expect(await reach(desk, messageId)).toEqual({
    deliveryReportReceived: { report: { status: 'DELIVERED' }, message: { status: 'DELIVERED' } },
  });
});

it('an event does not contradict its own report while the store cannot be read', async () => {
  const desk = await openSendDesk();
  const messageId = await sendOne(desk);
  const { store } = desk;
  const readMessages = () => Promise.reject(new StoreUnavailableError('away'));
  const reach = firstEvent('subscription { deliveryReportReceived { message { status } } }', {
    store: { ...store, log: { ...store.log, readMessages } },
  });
  expect(await reach(desk, messageId)).toEqual({
    deliveryReportReceived: { message: { status: 'DELIVERED' } },
  });
});

it('the message of an event costs one REST call, that of a fresh send none', async () => {
  const desk = await openSendDesk();
  const { data, calls } = await run(desk, SEND, { to: RECIPIENT });
  expect(calls).toBe(1); // the send itself
  expect(data).toMatchObject({ sendSms: { recipients: [{ sentMessage: { status: 'PENDING' } }] } });
  const before = desk.simulator.requests.count();
  const { recipients } = data['sendSms'] as unknown as { recipients: { messageId: string }[] };
  await firstEvent('subscription { deliveryReportReceived { message { status } } }')(
    desk,
    recipients[0]?.messageId ?? '',
  );
  expect(desk.simulator.requests.count() - before).toBe(1);
});
