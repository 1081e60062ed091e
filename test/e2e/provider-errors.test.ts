import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGateway, runSimulated } from '../support/run-gateway.ts';
import {
  cut,
  json,
  refusal,
  type Script,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../support/scripted-upstream.ts';

const SEND = `mutation { sendSms(input: { to: ["+447700900123"], text: "Hi", sender: "MyApp" }) {
  __typename
  ... on UserError { code message }
  ... on InvalidInputError { problems { path } }
  ... on InsufficientBalanceError { balance estimatedCost currency totalRecipients billableRecipients segments }
  ... on RateLimitedError { retryAfterSeconds }
  ... on OutcomeUnknownError { idempotencyKey }
  ... on UpstreamUnavailableError { isSafeToRetry }
} }`;

const html = (status: number): Script =>
  json('<html><body>edge</body></html>', status, { 'content-type': 'text/html' });
const SOON = { 'retry-after': '60' }; // longer than a call is held up for: told at once
const limited = (body: unknown): Script => json(body, 429, SOON);

const invalid = (...path: string[]) => ({
  __typename: 'InvalidInputError',
  code: 'INVALID_INPUT',
  problems: [{ path }],
});
const refused = (code: string) => ({ __typename: 'SendRefusedError', code });
const UNKNOWN = {
  __typename: 'OutcomeUnknownError',
  code: 'OUTCOME_UNKNOWN',
  idempotencyKey: expect.any(String),
};
const LIMITED = { __typename: 'RateLimitedError', code: 'RATE_LIMITED', retryAfterSeconds: 60 };
const NOT_SENT = {
  __typename: 'UpstreamUnavailableError',
  code: 'UPSTREAM_UNAVAILABLE',
  isSafeToRetry: true,
};

/** What the provider answers to a send, what the caller gets as data, and how many times the provider was asked. */
const SENDS: readonly (readonly [string, Script, object, number])[] = [
  ['INVALID_BODY', refusal(400, 'INVALID_BODY'), invalid('input'), 1],
  ['INVALID_TO', refusal(400, 'INVALID_TO'), invalid('input', 'to'), 1],
  ['INVALID_MESSAGE', refusal(400, 'INVALID_MESSAGE'), invalid('input', 'text'), 1],
  ['INVALID_SENDER', refusal(400, 'INVALID_SENDER'), invalid('input', 'sender'), 1],
  ['TOO_MANY_RECIPIENTS', refusal(400, 'TOO_MANY_RECIPIENTS'), invalid('input', 'to'), 1],
  ['a 400 of tomorrow', refusal(400, 'INVALID_MOON'), UNKNOWN, 1],
  ['NO_SMS_ACCESS', refusal(403, 'NO_SMS_ACCESS'), refused('NO_SMS_ACCESS'), 1],
  ['CONFIG_ERROR', refusal(403, 'CONFIG_ERROR'), refused('CONFIG_ERROR'), 1],
  ['WORKSPACE_NOT_AVAILABLE', refusal(403, 'WORKSPACE_NOT_AVAILABLE'), refused('WORKSPACE_NOT_AVAILABLE'), 1],
  ['CROSS_TENANT_WORKSPACE', refusal(403, 'CROSS_TENANT_WORKSPACE'), refused('CROSS_TENANT_WORKSPACE'), 1],
  ['NO_MAIN_WORKSPACE', refusal(403, 'NO_MAIN_WORKSPACE'), refused('NO_MAIN_WORKSPACE'), 1],
  ['FORBIDDEN', refusal(403, 'FORBIDDEN'), refused('FORBIDDEN'), 1],
  ['a 403 of tomorrow', refusal(403, 'NO_MOON'), UNKNOWN, 1],
  [
    'INSUFFICIENT_BALANCE',
    json(
      '{"status":false,"error_code":"INSUFFICIENT_BALANCE","description":"…","balance":0.42,"estimated_cost":1.07,"currency":"EUR","total_recipients":100,"billable_recipients":98,"segments":2}',
      402,
    ),
    {
      __typename: 'InsufficientBalanceError',
      code: 'INSUFFICIENT_BALANCE',
      balance: '0.42',
      estimatedCost: '1.07',
      currency: 'EUR',
      totalRecipients: 100,
      billableRecipients: 98,
      segments: 2,
    },
    1,
  ],
  [
    'a 429 in JSON',
    limited({ status: false, error_code: 'RATE_LIMIT_EXCEEDED', description: '…' }),
    LIMITED,
    1,
  ],
  ['a 429 in HTML', limited('<html>slow down</html>'), LIMITED, 1],
  ['a 429 without a body', limited(''), LIMITED, 1],
  ['DB_ERROR, which was rolled back', refusal(500, 'DB_ERROR'), NOT_SENT, 3],
  ['INTERNAL_ERROR', refusal(500, 'INTERNAL_ERROR'), UNKNOWN, 1],
  ['SANDBOX_UNAVAILABLE', refusal(503, 'SANDBOX_UNAVAILABLE'), UNKNOWN, 1],
  ['a 502 in HTML', html(502), UNKNOWN, 1],
  ['a 200 in HTML', html(200), UNKNOWN, 1],
  ['a 200 that tells of nobody', json({ status: true }), UNKNOWN, 1],
  ['a cut connection', cut, UNKNOWN, 1],
];

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await startScriptedUpstream(json({}));
});
afterAll(() => upstream.close());

/** Answers calls of the path, after which nothing else is known. */
const answering =
  (path: string, script: Script): Script =>
  (request, ...rest) =>
    (request.path.endsWith(path) ? script : json({ messages: [], total: 0 }))(request, ...rest);

describe('a send that fails at the provider', () => {
  it('is told by one member of the union for each way to fail, and is never sent twice', async () => {
    const { ask } = await runGateway(upstream.baseUrl);
    for (const [name, script, told, times] of SENDS) {
      upstream.script(answering('/sms/send', script));
      const before = upstream.requests.length;
      const { data, errors } = await ask(SEND);
      expect(errors, name).toEqual([]);
      expect(data.sendSms, name).toMatchObject(told);
      expect(data.sendSms.message, name).not.toMatch(/15550001111|secret detail/);
      const sends = upstream.requests.slice(before).filter(({ method }) => method === 'POST');
      expect(sends.length, name).toBe(times);
    }
  });

  it.each([
    'UNAUTHORIZED',
    'INVALID_API_KEY',
    'API_KEY_INACTIVE',
    'API_KEY_EXPIRED',
    'USER_NOT_ACTIVE',
    'IP_NOT_ALLOWED',
  ])('because of our own key is an error of the operator, not data: %s', async (code) => {
    const { ask } = await runGateway(upstream.baseUrl);
    upstream.script(refusal(401, code));
    const { data, errors } = await ask(SEND);
    expect(data).toEqual({ sendSms: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_REFUSED', providerCode: code } }]);
  });
});

/** What the provider answers to a read, and what `extensions` say. */
const READS: readonly (readonly [string, Script, object])[] = [
  [
    'INVALID_PARAMS',
    refusal(400, 'INVALID_PARAMS'),
    { code: 'UPSTREAM_REFUSED', providerCode: 'INVALID_PARAMS' },
  ],
  [
    'TOKEN_EXPIRED',
    refusal(401, 'TOKEN_EXPIRED'),
    { code: 'UPSTREAM_REFUSED', providerCode: 'TOKEN_EXPIRED' },
  ],
  ['FORBIDDEN', refusal(403, 'FORBIDDEN'), { code: 'UPSTREAM_REFUSED', providerCode: 'FORBIDDEN' }],
  ['NOT_FOUND', refusal(404, 'NOT_FOUND'), { code: 'UPSTREAM_REFUSED', providerCode: 'NOT_FOUND' }],
  [
    'RATE_LIMIT_EXCEEDED',
    limited({ status: false, error_code: 'RATE_LIMIT_EXCEEDED' }),
    { code: 'RATE_LIMITED', retryAfterSeconds: 60 },
  ],
  ['a 429 in HTML', limited('<html>'), { code: 'RATE_LIMITED', retryAfterSeconds: 60 }],
  ['INTERNAL_ERROR', refusal(500, 'INTERNAL_ERROR'), { code: 'UPSTREAM_UNAVAILABLE', isSafeToRetry: true }],
  ['a 502 in HTML', html(502), { code: 'UPSTREAM_UNAVAILABLE', isSafeToRetry: true }],
  ['a cut connection', cut, { code: 'UPSTREAM_UNAVAILABLE', isSafeToRetry: true }],
  ['a 200 in HTML', html(200), { code: 'INTERNAL_SERVER_ERROR' }],
  ['a 200 of another shape', json(['what?']), { code: 'INTERNAL_SERVER_ERROR' }],
  [
    'a code that is a text',
    refusal(400, 'call +15550001111'),
    { code: 'UPSTREAM_REFUSED', providerCode: null },
  ],
];

describe('a read that fails at the provider', () => {
  it.each(READS)(
    'is a null with an error beside it, and the rest of the answer stands: %s',
    async (_name, script, told) => {
      const { ask } = await runGateway(upstream.baseUrl);
      upstream.script(answering('/user/balance', script));
      const { status, data, errors } = await ask('{ balance { amount } messages { totalCount } }');
      expect(status).toBe(200);
      expect(data).toEqual({ balance: null, messages: { totalCount: 0 } });
      expect(errors).toMatchObject([
        { path: ['balance'], extensions: { ...told, requestId: expect.any(String) } },
      ]);
      expect(JSON.stringify(errors)).not.toMatch(/15550001111|secret detail|edge/);
    },
  );

  it('is tried again when that does no harm', async () => {
    const { ask, simulator } = await runSimulated();
    simulator.faults.next({ kind: 'internal_error', path: '/user/balance' });
    simulator.faults.next({ kind: 'cut_answer', path: '/user/balance' });
    const { data, upstream: cost } = await ask('{ balance { currency } }');
    expect(data).toEqual({ balance: { currency: 'EUR' } });
    expect([cost.calls, simulator.requests.count()]).toEqual([3, 3]);
  });
});

describe('an account that is not quite well', () => {
  it('in setup: prices and payments say so, the balance is there', async () => {
    const { ask } = await runSimulated({ account: { isInSetup: true } });
    const { data, errors } = await ask('{ prices { rate } payments { amount } balance { currency } }');
    expect(data).toEqual({ prices: null, payments: null, balance: { currency: 'EUR' } });
    expect(errors.map(({ message, extensions }) => [message, extensions.code])).toEqual(
      Array(2).fill(['The account at the provider is still being set up.', 'UPSTREAM_REFUSED']),
    );
  });

  it('degraded: an unknown balance is null, never a zero', async () => {
    const { ask } = await runSimulated({ account: { gatewayState: 'unavailable' } });
    const { data } = await ask('{ balance { amount isUnavailable unavailableReason isCreditBlocked } }');
    expect(data.balance).toMatchObject({
      amount: null,
      isUnavailable: true,
      unavailableReason: expect.any(String),
    });
  });

  it('without money: blocked, and a send is refused with the sums', async () => {
    const { ask, simulator } = await runSimulated({ account: { balance: '0.00' } });
    const { data } = await ask('{ balance { amount isCreditBlocked } }');
    expect(data.balance).toEqual({ amount: '0.00', isCreditBlocked: true });
    const sent = await ask(SEND);
    expect(sent.data.sendSms).toMatchObject({
      __typename: 'InsufficientBalanceError',
      balance: expect.stringMatching(/^0/),
      currency: 'EUR',
      totalRecipients: 1,
      segments: 1,
    });
    expect(simulator.acceptedCount).toBe(0);
  });
});
