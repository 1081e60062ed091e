import { expect, it } from 'vitest';
import { openExportToken } from '../../src/resolvers/export-messages.ts';
import { openTestGateway, type TestGateway } from '../support/open-test-gateway.ts';

const EXPORT = /* GraphQL */ `
  mutation ($filter: TrafficFilter) {
    exportMessages(filter: $filter) {
      __typename
      ... on ExportLink { url expiresAt }
      ... on InvalidInputError { code message problems { path message } }
    }
  }
`;

async function exportLink(gateway: TestGateway, filter: Record<string, unknown> | null) {
  const { data, errors, calls } = await gateway.run(EXPORT, { filter });
  expect(errors).toEqual([]);
  expect(calls).toBe(0);
  return (data as { exportMessages: { url: string; expiresAt: string } }).exportMessages;
}

const tokenOf = (url: string) => new URL(url).searchParams.get('token') ?? '';

it('gives a link whose token grants exactly the query, for minutes', async () => {
  const gateway = await openTestGateway();
  const { url, expiresAt } = await exportLink(gateway, { period: 'TODAY', country: 'gb', source: 'API' });
  expect(url).toMatch(/^http:\/\/gateway\.test\/exports\/messages\.csv\?token=[\w.-]+$/);
  expect(expiresAt).toBe('2026-02-13T10:35:00.000Z');

  const open = () => openExportToken(tokenOf(url), gateway.sealers.exportToken, gateway.time);
  expect(open()).toEqual({
    kind: 'GRANTED',
    grant: {
      workspace: 'main',
      expiresAtMs: Date.parse(expiresAt),
      query: {
        range: { from: '2026-02-13', to: '2026-02-13' },
        statusGroup: null,
        phoneContains: null,
        country: 'GB',
        sender: null,
        source: 'API',
      },
    },
  });
  await gateway.time.advance(5 * 60_000);
  expect(open()).toEqual({ kind: 'EXPIRED' });
});

it('opens no token that was edited, or sealed for something else', async () => {
  const gateway = await openTestGateway();
  const token = tokenOf((await exportLink(gateway, null)).url);
  const { exportToken, pageCursor } = gateway.sealers;
  const payload = exportToken.open(token);
  for (const forged of [
    '',
    'x',
    `A${token.slice(1)}`,
    pageCursor.seal(payload),
    exportToken.seal({ workspace: 'main' }),
  ]) {
    expect(openExportToken(forged, exportToken, gateway.time)).toEqual({ kind: 'INVALID' });
  }
});

it('returns the problems of a filter as data', async () => {
  const gateway = await openTestGateway();
  const { data } = await gateway.run(EXPORT, { filter: { from: '2026-02-30', period: 'TODAY' } });
  expect(data).toMatchObject({
    exportMessages: {
      __typename: 'InvalidInputError',
      code: 'INVALID_INPUT',
      problems: [
        { path: ['filter', 'period'] },
        { path: ['filter', 'from'], message: 'The day 2026-02-30 does not exist.' },
      ],
    },
  });
});
