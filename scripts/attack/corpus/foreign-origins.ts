import { once } from 'node:events';
import { request } from 'undici';
import { WebSocket } from 'ws';
import { authorize } from '../ask.ts';
import { attackerToken } from '../sign-token.ts';
import type { Attack, Target } from '../target.ts';

const originsFor = ({ url }: Target): readonly string[] => {
  const { host } = new URL(url);
  return [
    'https://evil.example.com',
    'null',
    'file://',
    `https://${host}.evil.example.com`,
    `http://${host}@evil.example.com`,
    'http://127.0.0.1:1',
    'http://localhost',
    'not an origin',
    '',
  ];
};

const QUERY = JSON.stringify({ query: '{ viewer { workspace } }' });

interface Tried {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

async function sendFrom(
  target: Target,
  method: 'POST' | 'GET' | 'OPTIONS',
  headers: Record<string, string>,
): Promise<Tried> {
  const answer = await request(`${target.url}/graphql${method === 'GET' ? '?query={__typename}' : ''}`, {
    method,
    headers,
    body: method === 'POST' ? QUERY : null,
  });
  return { status: answer.statusCode, text: await answer.body.text(), headers: answer.headers };
}

function judge({ status, text, headers }: Tried, what: string): readonly string[] {
  const isOpened = headers['access-control-allow-origin'] !== undefined;
  return [
    ...(status < 400 || text.includes('"data"') ? [`${what} was answered (${status}).`] : []),
    ...(isOpened ? [`${what} was allowed to read the answer.`] : []),
  ];
}

const overHttp: Attack = {
  name: 'origin: pages of other sites over HTTP',
  async run(target) {
    const auth = authorize({ token: await attackerToken(target) });
    const json = { ...auth, 'content-type': 'application/json' };
    const findings = originsFor(target).map(async (origin) => [
      ...judge(await sendFrom(target, 'POST', { ...json, origin }), `A POST from "${origin}"`),
      ...judge(await sendFrom(target, 'GET', { ...auth, origin }), `A GET from "${origin}"`),
      ...judge(
        await sendFrom(target, 'POST', { ...json, origin, accept: 'text/event-stream' }),
        `A stream for "${origin}"`,
      ),
      ...judge(
        await sendFrom(target, 'OPTIONS', {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        }),
        `A preflight from "${origin}"`,
      ),
    ]);
    return (await Promise.all(findings)).flat();
  },
};

const crossSiteGet: Attack = {
  name: 'origin: what a page can cause without asking',
  async run(target) {
    const auth = authorize({ token: await attackerToken(target) });
    const tries = [
      { ...auth, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      { ...auth, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      { ...auth, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' },
      { ...auth, accept: 'image/*' },
      auth,
    ];
    const findings = tries.map(async (headers) => judge(await sendFrom(target, 'GET', headers), 'A GET'));
    return (await Promise.all(findings)).flat();
  },
};

const overSockets: Attack = {
  name: 'origin: pages of other sites over WebSocket',
  async run(target) {
    const url = `${target.url.replace('http', 'ws')}/graphql`;
    const findings = originsFor(target).map(async (origin) => {
      const socket = new WebSocket(url, 'graphql-transport-ws', { headers: { origin } });
      socket.on('error', () => undefined);
      const opened = once(socket, 'open').then(() => 101);
      const refused = once(socket, 'unexpected-response').then(([, { statusCode }]) => Number(statusCode));
      const status = await Promise.race([opened, refused]).catch(() => 0);
      socket.terminate();
      return status === 403 || status === 400 ? [] : [`"${origin}" was answered ${status}.`];
    });
    return (await Promise.all(findings)).flat();
  },
};

const rebinding: Attack = {
  name: 'origin: a name of another that points here',
  async run(target) {
    const host = `evil.example.com:${new URL(target.url).port}`;
    const headers = { host, origin: `http://${host}`, 'content-type': 'application/json' };
    const auth = authorize({ token: await attackerToken(target) });
    return [
      ...judge(await sendFrom(target, 'POST', headers), 'A page of another name, without a token,'),
      ...judge(await sendFrom(target, 'POST', { ...headers, ...auth }), 'A page of another name'),
    ];
  },
};

export const FOREIGN_ORIGINS: readonly Attack[] = [overHttp, crossSiteGet, overSockets, rebinding];
