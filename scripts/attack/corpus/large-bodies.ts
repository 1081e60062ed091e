import { gzipSync } from 'node:zlib';
import { authorize } from '../ask.ts';
import { headOf, type RawAnswer, type RawRequest, sendRaw } from '../raw-http.ts';
import { attackerToken } from '../sign-token.ts';
import type { Attack, Target } from '../target.ts';

const LARGE_BYTES = 25 * 1024 * 1024;
/** What may be on its way before an answer is seen: buffers of both systems and the second that a refused body lingers. */
const REFUSED_STATUSES: readonly (number | null)[] = [400, 403, 404, 405, 408, 411, 413, 414, 415, 431, null];
const JSON_TYPE = 'content-type: application/json';
const LENGTH = `content-length: ${LARGE_BYTES}`;

const attack = (name: string, requests: (auth: string) => readonly RawRequest[]): Attack => ({
  name,
  async run(target) {
    const { authorization = '' } = authorize({ token: await attackerToken(target) });
    const findings: string[] = [];
    for (const request of requests(`authorization: ${authorization}`))
      findings.push(...judge(await sendRaw(target.url, request)));
    return findings;
  },
});

const judge = ({ status, text }: RawAnswer): readonly string[] =>
  REFUSED_STATUSES.includes(status) ? [] : [`It was answered with ${status}: ${text.slice(0, 200)}`];

const post = (path: string, ...lines: readonly string[]): string =>
  headOf(`POST ${path} HTTP/1.1`, 'host: 127.0.0.1', ...lines);

export const LARGE_BODIES: readonly Attack[] = [
  attack('body: 25 MB', (auth) => [
    { head: post('/graphql', auth, JSON_TYPE, LENGTH), bodyBytes: LARGE_BYTES },
    { head: post('/webhooks/delivery', JSON_TYPE, LENGTH), bodyBytes: LARGE_BYTES },
    { head: post('/nowhere', JSON_TYPE, LENGTH), bodyBytes: LARGE_BYTES },
    { head: post('/metrics', LENGTH), bodyBytes: LARGE_BYTES },
  ]),
  attack('body: 25 MB in chunks, its length not told', (auth) => [
    {
      head: post('/graphql', auth, JSON_TYPE, 'transfer-encoding: chunked'),
      ...{ bodyBytes: LARGE_BYTES, isChunked: true },
    },
    {
      head: post('/webhooks/delivery', JSON_TYPE, 'transfer-encoding: chunked'),
      ...{ bodyBytes: LARGE_BYTES, isChunked: true },
    },
  ]),
  attack('body: lengths that lie', (auth) => [
    { head: post('/graphql', auth, JSON_TYPE, 'content-length: 10', LENGTH), bodyBytes: 100 },
    { head: post('/graphql', auth, JSON_TYPE, 'content-length: -1'), bodyBytes: 100 },
    { head: post('/graphql', auth, JSON_TYPE, 'content-length: 1e9'), bodyBytes: 100 },
    { head: post('/graphql', auth, JSON_TYPE, LENGTH, 'transfer-encoding: chunked'), bodyBytes: 100 },
  ]),
  attack('head: larger than any', (auth) => [
    { head: headOf(`GET /graphql?query=${'x'.repeat(100_000)} HTTP/1.1`, 'host: 127.0.0.1', auth) },
    { head: headOf('GET /graphql HTTP/1.1', 'host: 127.0.0.1', `x-long: ${'x'.repeat(100_000)}`) },
    { head: headOf('GET /graphql HTTP/1.1', 'host: 127.0.0.1', ...manyHeaders()) },
  ]),
  attack('request: not HTTP', () =>
    [
      { head: '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u0000' },
      { head: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
      { head: headOf('GET /graphql HTTP/1.1', 'host: 127.0.0.1', 'bad header line') },
      { head: headOf('BREW /graphql HTTP/1.1', 'host: 127.0.0.1') },
      { head: headOf('TRACE /graphql HTTP/1.1', 'host: 127.0.0.1') },
      { head: headOf('GET http://evil.example/graphql HTTP/1.1', 'host: 127.0.0.1') },
      { head: headOf('GET //graphql/../graphql HTTP/1.1', 'host: 127.0.0.1') },
      { head: headOf('GET /%2e%2e/%00/graphql HTTP/1.1', 'host: 127.0.0.1') },
      { head: 'x'.repeat(100_000) },
    ].map((request) => ({ ...request, timeoutMs: 1000 })),
  ),
  { name: 'body: a zip bomb', run: runZipBomb },
];

const manyHeaders = (): readonly string[] => Array.from({ length: 3000 }, (_, index) => `x-${index}: 1`);

/** 25 MB that are 25 KB on the wire: nothing here unpacks what callers send. */
async function runZipBomb(target: Target): Promise<readonly string[]> {
  const body = gzipSync(`{"query":"{ __typename }","variables":{"x":"${'x'.repeat(LARGE_BYTES)}"}}`);
  const headers = {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
    ...authorize({ token: await attackerToken(target) }),
  };
  const answer = await fetch(`${target.url}/graphql`, { method: 'POST', headers, body });
  const text = await answer.text();
  return text.includes('"data"') ? ['It was unpacked and answered.'] : [];
}
