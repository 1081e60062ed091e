import { describe, expect, it } from 'vitest';
import { openTestGateway, type TestGateway } from '../support/open-test-gateway.ts';

const SEND = /* GraphQL */ `
  mutation Send($input: SendSmsInput!) {
    sendSms(input: $input) {
      __typename
      ... on SendResult {
        isReplay
        isSandbox
        summary { totalRecipients totalSegments totalCost encoding acceptedCount blockedCount queueErrorCount configErrorCount dbErrorCount }
        recipients {
          recipient status messageId segments
          sentMessage { id messageId recipient country sender text encoding segments status rawStatus isFinal createdAt deliveredAt }
        }
      }
      ... on UserError { message code }
      ... on InvalidInputError { problems { path message } }
      ... on InsufficientBalanceError { balance estimatedCost currency totalRecipients billableRecipients segments }
      ... on RateLimitedError { retryAfterSeconds }
      ... on OutcomeUnknownError { idempotencyKey }
      ... on UpstreamUnavailableError { isSafeToRetry }
    }
  }
`;

const INPUT = {
  to: ['+447400123456'],
  text: 'Your code is 847291',
  sender: 'MyApp',
  idempotencyKey: 'order-1',
};

async function send(gateway: TestGateway, changes: Record<string, unknown> = {}) {
  const { data, errors, calls } = await gateway.run(SEND, { input: { ...INPUT, ...changes } });
  return { outcome: data?.['sendSms'], errors, calls };
}

const postCount = ({ simulator }: TestGateway) =>
  simulator.requests.count({ method: 'POST', path: '/sms/send' });

describe('Mutation.sendSms', () => {
  it('sends, and shows the messages without another REST call', async () => {
    const gateway = await openTestGateway();
    const { outcome, calls } = await send(gateway);
    const [record] = gateway.simulator.sentTo('+447400123456');
    expect(outcome).toMatchObject({
      __typename: 'SendResult',
      isReplay: false,
      isSandbox: false,
      summary: { totalRecipients: 1, totalSegments: 1, encoding: 'GSM_7', acceptedCount: 1 },
      recipients: [
        {
          recipient: '+447400123456',
          status: 'ACCEPTED',
          messageId: record?.messageId,
          sentMessage: {
            messageId: record?.messageId,
            country: 'GB',
            sender: 'MyApp',
            text: 'Your code is 847291',
            status: 'PENDING',
            isFinal: false,
            createdAt: '2026-02-13T10:30:00.000Z',
            deliveredAt: null,
          },
        },
      ],
    });
    expect(calls).toBe(1);
  });

  it('has no message for a recipient that was skipped', async () => {
    const gateway = await openTestGateway();
    const { outcome } = await send(gateway, { to: ['+15550100006'] });
    expect(outcome).toMatchObject({
      recipients: [{ status: 'BLOCKED_COUNTRY', messageId: null, segments: null, sentMessage: null }],
    });
  });

  it('shows the messages of a repeat as they are by now', async () => {
    const gateway = await openTestGateway();
    await send(gateway);
    await gateway.time.advance(60_000);
    const { outcome, calls } = await send(gateway);
    expect(outcome).toMatchObject({
      isReplay: true,
      recipients: [{ sentMessage: { status: 'DELIVERED', isFinal: true } }],
    });
    expect(calls).toBe(1);
    expect(postCount(gateway)).toBe(1);
  });

  it('tells every problem of the input at once, each with its path, and sends nothing', async () => {
    const gateway = await openTestGateway();
    const to = ['447400123456', '+447400123456', '+44x', '+447400123456'];
    const { outcome, errors } = await send(gateway, { to, text: '', sender: '1x', idempotencyKey: '' });
    expect(errors).toEqual([]);
    expect(outcome).toMatchObject({
      __typename: 'InvalidInputError',
      code: 'INVALID_INPUT',
      problems: [
        { path: ['input', 'to', '0'] },
        { path: ['input', 'to', '2'] },
        { path: ['input', 'to', '3'], message: 'to[3] repeats to[1]: name each recipient once.' },
        { path: ['input', 'text'] },
        { path: ['input', 'sender'] },
        { path: ['input', 'idempotencyKey'] },
      ],
    });
    expect(postCount(gateway)).toBe(0);
  });

  it('tells the figures of an insufficient balance', async () => {
    const gateway = await openTestGateway({ account: { balance: '0.01' } });
    expect((await send(gateway)).outcome).toMatchObject({
      __typename: 'InsufficientBalanceError',
      code: 'INSUFFICIENT_BALANCE',
      balance: '0.01',
      currency: 'EUR',
      totalRecipients: 1,
      billableRecipients: 1,
      segments: 1,
    });
  });

  it('names the provider code of a refusal', async () => {
    const gateway = await openTestGateway({ account: { sendRefusal: 'NO_SMS_ACCESS' } });
    expect((await send(gateway)).outcome).toMatchObject({
      __typename: 'SendRefusedError',
      code: 'NO_SMS_ACCESS',
    });
  });

  it('answers a rate limit, a fault and a lost answer as data, each with what to do', async () => {
    const gateway = await openTestGateway();
    const { faults } = gateway.simulator;
    const failWith = async (kind: 'rate_limit_html' | 'db_error' | 'cut_after', key: string) => {
      faults.rate({ path: '/sms/send', kind, probability: 1 });
      const { outcome } = await send(gateway, { idempotencyKey: key });
      faults.clear();
      return outcome;
    };
    expect(await failWith('rate_limit_html', 'a')).toMatchObject({ __typename: 'RateLimitedError' });
    expect(await failWith('db_error', 'b')).toMatchObject({
      __typename: 'UpstreamUnavailableError',
      code: 'UPSTREAM_UNAVAILABLE',
      isSafeToRetry: true,
    });
    expect(await failWith('cut_after', 'c')).toMatchObject({
      __typename: 'OutcomeUnknownError',
      code: 'OUTCOME_UNKNOWN',
      idempotencyKey: 'c',
    });
  });

  it('refuses the key of another input', async () => {
    const gateway = await openTestGateway();
    await send(gateway);
    expect((await send(gateway, { text: 'Another text' })).outcome).toMatchObject({
      __typename: 'IdempotencyConflictError',
      code: 'IDEMPOTENCY_CONFLICT',
    });
    expect(postCount(gateway)).toBe(1);
  });

  it('needs the scope sms.send', async () => {
    const gateway = await openTestGateway();
    const { data, errors } = await gateway.run(SEND, { input: INPUT }, { scopes: ['sms.read'] });
    expect(data).toEqual({ sendSms: null });
    expect(errors).toMatchObject([{ code: 'FORBIDDEN', path: ['sendSms'] }]);
    expect(postCount(gateway)).toBe(0);
  });
});
