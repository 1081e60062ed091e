import { request } from 'undici';
import { authorize } from '../ask.ts';
import { attackerToken } from '../sign-token.ts';
import type { Attack, Target } from '../target.ts';

// graphql-cop's checks of HTTP itself. It sends what Python's requests sends, with the token that it was given.

const asTool = async (target: Target): Promise<Record<string, string>> => ({
  accept: '*/*',
  'user-agent': 'graphql-cop',
  ...authorize({ token: await attackerToken(target) }),
});

/** By hand: `fetch` would add headers that tell it apart from a form or a link. */
async function send(
  target: Target,
  method: string,
  path: string,
  { type, body }: { readonly type?: string; readonly body?: string } = {},
): Promise<string> {
  const headers = { ...(await asTool(target)), ...(type !== undefined && { 'content-type': type }) };
  const answer = await request(`${target.url}${path}`, { method, headers, body: body ?? null });
  return answer.body.text();
}

const hasData = (text: string): boolean => /"data":\s*\{/.test(text);
const QUERY = encodeURIComponent('query cop { __typename }');
const MUTATION = encodeURIComponent('mutation cop { __typename }');
const FORM = 'application/x-www-form-urlencoded';
const IDE_PATHS = [
  '/graphql',
  '/graphiql',
  '/playground',
  '/console',
  '/altair',
  '/voyager',
  '/',
  '/explorer',
];
const IDE_SIGNS = /graphiql|graphql playground|graphql-playground|altair|apollo sandbox/i;

const refusal = (name: string, sends: (target: Target) => Promise<readonly string[]>): Attack => ({
  name,
  run: async (target) => ((await sends(target)).some(hasData) ? ['It was answered with data.'] : []),
});

export const COP_OVER_HTTP: readonly Attack[] = [
  refusal('cop: queries by GET', async (target) => [
    await send(target, 'GET', `/graphql?query=${encodeURIComponent('{__typename}')}`),
    await send(target, 'GET', `/graphql?query=${QUERY}`),
    await send(target, 'HEAD', `/graphql?query=${QUERY}`),
  ]),
  refusal('cop: mutations by GET', async (target) => [
    await send(target, 'GET', `/graphql?query=${MUTATION}`),
  ]),
  refusal('cop: queries that a form can post', async (target) => [
    await send(target, 'POST', `/graphql?query=${QUERY}`),
    await send(target, 'POST', '/graphql', { type: FORM, body: `query=${QUERY}` }),
    await send(target, 'POST', '/graphql', { type: 'text/plain', body: '{"query":"{ __typename }"}' }),
    await send(target, 'POST', '/graphql', { body: '{"query":"{ __typename }"}' }),
    await send(target, 'POST', '/graphql', { type: 'application/graphql', body: '{ __typename }' }),
    await send(target, 'POST', '/graphql', {
      type: 'multipart/form-data; boundary=x',
      body: '--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n{"query":"{ __typename }"}\r\n--x--\r\n',
    }),
  ]),
  {
    name: 'cop: an IDE',
    async run(target) {
      const findings = IDE_PATHS.map(async (path) => {
        const headers = { ...(await asTool(target)), accept: 'text/html,*/*' };
        const page = await (await request(`${target.url}${path}`, { headers })).body.text();
        return IDE_SIGNS.test(page) ? [`${path} shows an IDE.`] : [];
      });
      return (await Promise.all(findings)).flat();
    },
  },
];
