import { type Ask, askOver } from '../ask.ts';
import { findInsides, type QueryAttack } from '../query-attack.ts';
import { attackerToken, signToken } from '../sign-token.ts';
import type { Attack, Target, VictimTraces } from '../target.ts';

const MESSAGE = '{ messageId recipient text sender cost deliveryReports { status } }';
const PAGE = 'totalCount nodes { messageId text }';

/** Everything that takes an id, a cursor or a key, with those of somebody else. */
const tries = (
  victim: VictimTraces,
): Readonly<Record<string, readonly [query: string, variables: object]>> => ({
  message: [`query($v: String!) { message(messageId: $v) ${MESSAGE} }`, { v: victim.messageId }],
  messagesById: [
    `query($v: [String!]!) { messagesById(messageIds: $v) ${MESSAGE} }`,
    { v: [victim.messageId] },
  ],
  node: [`query($v: ID!) { node(id: $v) { ... on Message ${MESSAGE} } }`, { v: victim.nodeIds[0] }],
  nodes: [
    'query($v: [ID!]!) { nodes(ids: $v) { id ... on Message { text } ... on TrafficItem { itemText: text } } }',
    { v: victim.nodeIds },
  ],
  'cursor of messages': [`query($v: String) { messages(after: $v) { ${PAGE} } }`, { v: victim.pageCursor }],
  'cursor of traffic': [
    'query($v: String) { traffic(after: $v) { totalCount nodes { text } } }',
    { v: victim.trafficCursor },
  ],
  'cursor of one list for another': [
    'query($v: String) { traffic(after: $v) { totalCount nodes { text } } }',
    { v: victim.pageCursor },
  ],
  'cursor of events': [
    'subscription($v: String) { deliveryReportReceived(after: $v) { cursor report { recipient } } }',
    { v: victim.eventCursor },
  ],
  'status of a message': [
    `subscription($v: [String!]!) { messageStatusChanged(messageIds: $v) { cursor status message ${MESSAGE} } }`,
    { v: [victim.messageId] },
  ],
  'history by number': [`{ messages(filter: { phoneContains: "7700900" }) { ${PAGE} } }`, {}],
});

const withIds: QueryAttack = {
  name: 'ids: of another workspace',
  async run(ask, { victim }) {
    const findings = Object.entries(tries(victim)).map(async ([name, [query, variables]]) => {
      const { text } = await ask({ query, variables });
      return text.includes(victim.text) ? [`${name} showed a message of another workspace.`] : [];
    });
    return (await Promise.all(findings)).flat();
  },
};

const STRANGE_IDS: readonly string[] = [
  ...['..', '../messages', '../../user/balance', '%2e%2e%2fmessages', './', '.', '//', '\\..\\x', 'a/b'],
  ...['x?limit=100', 'x#', 'x%00', '\u0000', 'x\r\nX-API-Key: y', ' ', '*', '{}', "' OR 1=1 --", '$where'],
  ...['api_42_0000000000000000000_0000000000000000', 'api_42_9999999999999999999_ffffffffffffffff'],
  ...['x'.repeat(5_000), '٣', 'ﾟ', '\ud800', '__proto__', 'constructor', '-1', '0'],
];

const withStrangeIds: QueryAttack = {
  name: 'ids: that are none',
  async run(ask) {
    const findings = STRANGE_IDS.map(async (id) => {
      const node = Buffer.from(`Message:${id}`).toString('base64');
      const { data, text, status } = await ask({
        query:
          'query($id: String!, $node: ID!) { message(messageId: $id) { text } node(id: $node) { id } messagesById(messageIds: [$id]) { text } }',
        variables: { id, node },
      });
      const isFound = /"(text|id)":"/.test(JSON.stringify(data));
      const isBroken = data === null && status === 200 && !/"code":"/.test(text);
      return isFound || isBroken ? [`${JSON.stringify(id)} was answered with ${text.slice(0, 200)}`] : [];
    });
    return (await Promise.all(findings)).flat();
  },
};

const withCursors: QueryAttack = {
  name: 'cursors: edited and made up',
  async run(ask, { victim }) {
    const findings = forgeTokens(victim.pageCursor).map(async (after) => {
      const list = await ask({
        query: `query($v: String) { messages(after: $v) { ${PAGE} } }`,
        variables: { v: after },
      });
      const events = await ask({
        query: 'subscription($v: String) { deliveryReportReceived(after: $v) { cursor } }',
        variables: { v: after },
      });
      const isRefused = [list, events].every(
        ({ text, status }) => /CURSOR_INVALID/.test(text) || status === 406,
      );
      return isRefused ? [] : [`${after.slice(0, 60)} was taken for a cursor.`];
    });
    return (await Promise.all(findings)).flat();
  },
};

/** The body of one token below the signature of another, and what people try first. */
function forgeTokens(token: string): readonly string[] {
  const [body = '', mac = ''] = token.split('.');
  const edited = Buffer.from(Buffer.from(body, 'base64url').toString().replace('1', '2')).toString(
    'base64url',
  );
  return [
    ...[`${edited}.${mac}`, `${body}.${mac.slice(0, -2)}AA`, `${body}.`, body, `.${mac}`, `${token}.${mac}`],
    ...['', ' ', 'null', '0', 'MA==', btoa('{"page":2}'), 'x'.repeat(6000), '\u0000', `${body}.${mac}=`],
  ].filter((candidate) => candidate !== '' && candidate !== token);
}

export const ID_GUESSING: readonly QueryAttack[] = [withIds, withStrangeIds, withCursors];

/** What is guessed beside GraphQL. */
export const TOKEN_GUESSING: readonly Attack[] = [
  { name: 'exports: edited and made-up links', run: guessExports },
  { name: 'keys: the idempotency key of another workspace', run: reuseKey },
  { name: 'webhooks: reports that nobody signed', run: forgeReports },
];

async function guessExports({ url, victim }: Target): Promise<readonly string[]> {
  const tokens = [...forgeTokens(victim.exportToken), victim.pageCursor, victim.eventCursor, ''];
  const findings = tokens.map(async (token) => {
    const answer = await fetch(`${url}/exports/messages.csv?token=${encodeURIComponent(token)}`);
    const text = await answer.text();
    const isRefused = [400, 403, 410, 503].includes(answer.status);
    return [
      ...(isRefused ? [] : [`${token.slice(0, 60)} opened an export.`]),
      ...findInsides({ text, status: answer.status }),
    ];
  });
  return (await Promise.all(findings)).flat();
}

/** What was sent under it must be neither seen nor in the way. */
async function reuseKey(target: Target): Promise<readonly string[]> {
  const ask: Ask = askOver('http', { url: target.url, token: await attackerToken(target) });
  const to = ['+447900111222'];
  const { text } = await ask({
    query: `mutation($i: SendSmsInput!) { sendSms(input: $i) {
      __typename ... on SendResult { recipients { recipient } } } }`,
    variables: { i: { to, text: 'x', sender: 'Attack', idempotencyKey: target.victim.idempotencyKey } },
  });
  const isOwn = !text.includes('IdempotencyConflictError') && !/"recipient":"(?!\+447900111222)/.test(text);
  return isOwn ? [] : ['The key of another workspace was known.'];
}

async function forgeReports(target: Target): Promise<readonly string[]> {
  const report = JSON.stringify({
    ...{ message_id: target.victim.messageId, recipient: '+447911123456', status: 'UNDELIV' },
    timestamp: new Date().toISOString(),
  });
  const paths = ['/webhooks/delivery', `/webhooks/${target.victim.workspace}/delivery`];
  const nowSeconds = String(Math.floor(Date.now() / 1000));
  const signatures = [
    '',
    'sha256=',
    `sha256=${'0'.repeat(64)}`,
    'sha256=zz',
    'x'.repeat(8000),
    await jwtOf(target),
  ];
  const findings = paths.flatMap((path) =>
    signatures.map(async (signature) => {
      const headers = { 'x-webhook-timestamp': nowSeconds, 'x-webhook-signature': signature };
      const { status } = await fetch(`${target.url}${path}`, { method: 'POST', headers, body: report });
      return status === 401 ? [] : [`${path} took an unsigned report (${status}).`];
    }),
  );
  return (await Promise.all(findings)).flat();
}

const jwtOf = (target: Target): Promise<string> => signToken(target.issuer, { scope: '*' });
