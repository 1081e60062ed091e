import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../../src/simulator/endpoints/router.ts';
import { callApi } from '../support/api-client.ts';
import { EXAMPLE_HOUR_MS, startStill } from '../support/start-for-test.ts';

const token = (claims: object): string =>
  ['{}', JSON.stringify(claims), ''].map((part) => Buffer.from(part).toString('base64url')).join('.');

describe('authentication', () => {
  const accounts = [
    {
      id: 'acme',
      keys: [
        { key: 'sk_prod_good' },
        { key: 'sk_prod_off', state: 'inactive' as const },
        { key: 'sk_prod_old', state: 'expired' as const },
        { key: 'sk_prod_elsewhere', allowedIps: ['192.0.2.1'] },
        { key: 'sk_prod_here', allowedIps: ['127.0.0.1'] },
      ],
    },
    { id: 'closed', isActive: false, keys: [{ key: 'sk_prod_closed' }] },
  ];

  it.each([
    ['no credentials', null, {}, 'UNAUTHORIZED'],
    ['an unknown key', 'sk_prod_nobody', {}, 'INVALID_API_KEY'],
    ['a key that is switched off', 'sk_prod_off', {}, 'API_KEY_INACTIVE'],
    ['a key that expired', 'sk_prod_old', {}, 'API_KEY_EXPIRED'],
    ['the key of a closed account', 'sk_prod_closed', {}, 'USER_NOT_ACTIVE'],
    ['a key from another address', 'sk_prod_elsewhere', {}, 'IP_NOT_ALLOWED'],
    ['a token of the portal', null, { Authorization: 'Bearer x.y.z' }, 'INVALID_TOKEN'],
    [
      'a token that expired',
      null,
      { Authorization: `Bearer ${token({ exp: EXAMPLE_HOUR_MS / 1000 - 1 })}` },
      'TOKEN_EXPIRED',
    ],
  ])('refuses %s', async (_case, key, headers, code) => {
    const { simulator } = await startStill({ accounts });
    const answer = await callApi(simulator, '/user/balance', { key, headers });
    expect(answer.status).toBe(401);
    expect(answer.body).toEqual({ status: false, error_code: code, description: expect.any(String) });
  });

  it('admits a good key, and one used from the address it is bound to', async () => {
    const { simulator } = await startStill({ accounts });
    for (const key of ['sk_prod_good', 'sk_prod_here']) {
      expect((await callApi(simulator, '/user/balance', { key })).status).toBe(200);
    }
  });

  it('ignores X-Workspace-ID: the key says which workspace', async () => {
    const { simulator } = await startStill({ accounts });
    const headers = { 'X-Workspace-ID': 'closed' };
    expect((await callApi(simulator, '/user/balance', { key: 'sk_prod_good', headers })).status).toBe(200);
  });

  it('looks at the credentials before the path, and at the path before the permission', async () => {
    const { simulator } = await startStill({
      accounts: [{ id: 'a', keys: [{ key: 'k', permissions: [] }] }],
    });
    expect((await callApi(simulator, '/nowhere', { key: null })).status).toBe(401);
    const lost = await callApi(simulator, '/nowhere', { key: 'k' });
    expect([lost.status, lost.body.error_code]).toEqual([404, 'NOT_FOUND']);
    expect((await callApi(simulator, '/sms/stats', { key: 'k' })).status).toBe(403);
  });
});

describe('permissions', () => {
  const documented = [
    ['POST', '/sms/send', 'sms.send'],
    ['GET', '/sms/status/:message_id', 'sms.read'],
    ['GET', '/sms/messages', 'sms.read'],
    ['GET', '/sms/messages/unified', 'sms.read'],
    ['GET', '/sms/messages/unified/export', 'sms.read'],
    ['GET', '/sms/stats', 'sms.read'],
    ['GET', '/sms/stats/daily', 'sms.read'],
    ['GET', '/sms/stats/by-country', 'sms.read'],
    ['GET', '/user/balance', 'balance.read'],
    ['GET', '/user/pricing', 'pricing.read'],
    ['GET', '/user/payments', 'payments.read'],
    ['GET', '/user/webhooks', 'webhooks.read'],
    ['PUT', '/user/webhooks', 'webhooks.write'],
    ['GET', '/user/webhooks/logs', 'webhooks.read'],
    ['POST', '/user/webhooks/test', 'webhooks.write'],
  ] as const;
  const permissions = [...new Set(documented.map(([, , permission]) => permission))];

  it('knows every documented endpoint and no other', () => {
    const served = ENDPOINTS.map(({ method, path, permission }) => [method, path, permission]);
    expect(served.toSorted()).toEqual(documented.map((row) => [...row]).toSorted());
  });

  it.each(documented)('%s %s needs %s and nothing else', async (method, path, needed) => {
    const keys = permissions.flatMap((permission) => [
      { key: `only ${permission}`, permissions: [permission] },
      { key: `all but ${permission}`, permissions: permissions.filter((other) => other !== permission) },
    ]);
    const { simulator } = await startStill({ accounts: [{ id: 'acme', keys: [...keys, { key: '*' }] }] });
    const codeWith = async (key: string) => {
      const answer = await callApi(simulator, path.replace(':message_id', 'x'), { method, key });
      return answer.body.error_code;
    };
    expect(await codeWith(`only ${needed}`)).not.toBe('FORBIDDEN');
    expect(await codeWith('*')).not.toBe('FORBIDDEN');
    expect(await codeWith(`all but ${needed}`)).toBe('FORBIDDEN');
  });
});
