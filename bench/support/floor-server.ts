import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { open } from 'lmdb';
import { createClient } from 'redis';
import { Pool } from 'undici';
import { WEBHOOK_SECRET } from './asks.ts';
import { createDay } from './day.ts';
import { type PageFilter, pagePath, toNode, toPageData, type WirePage, type WireStatus } from './page.ts';

// What no server in Node goes below for the same answer: bare node:http, undici, JSON.parse and JSON.stringify, and nothing
// else: no token, no GraphQL, no limits, no log. Arguments: which floor, port of the provider, start of the day, store.

/** A floor answers the body of a request. */
type Floor = (body: string, request: IncomingMessage) => Promise<string | Buffer>;

export type FloorKind = 'page' | 'page-shared' | 'memory' | 'ids' | 'send' | 'webhook';

interface Variables {
  readonly f?: PageFilter;
  readonly p?: string;
  readonly d?: string;
  readonly t?: string;
  readonly ids?: readonly string[];
  readonly i?: { readonly to: readonly string[]; readonly text: string; readonly sender: string };
}

const [, , kind = '', upstreamPort = '', dayStart = '', storeUrl = ''] = process.argv;
const pool = new Pool(`http://127.0.0.1:${upstreamPort}`, { connections: 64 });
const headers = { 'x-api-key': 'sk_prod_of_the_bench' };

const FLOORS: Readonly<Record<FloorKind, () => Promise<Floor> | Floor>> = {
  page: () => async (body) => encode(toPageData(await get<WirePage>(pagePath(filterOf(body))))),
  'page-shared': createSharedPage,
  memory: createMemory,
  ids: createIds,
  send: createSend,
  webhook: createWebhook,
};

const floor = await FLOORS[kind as FloorKind]();
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const answer = await floor(String(Buffer.concat(chunks)), request);
    if (answer.length === 0) return response.writeHead(204).end();
    const length = Buffer.byteLength(answer);
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': length });
    response.end(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));

async function get<Body>(path: string): Promise<Body> {
  const answer = await pool.request({ method: 'GET', path, headers });
  return JSON.parse(await answer.body.text()) as Body;
}

const encode = (data: object): string => JSON.stringify({ data });

const variablesOf = (body: string): Variables =>
  (JSON.parse(body) as { readonly variables: Variables }).variables;

function filterOf(body: string): PageFilter {
  const { f, p = '', d = '', t = '' } = variablesOf(body);
  return f ?? { phoneContains: p, from: d, to: t };
}

/** Who asks while the same is being asked gets the same bytes. */
function createSharedPage(): Floor {
  const inFlight = new Map<string, Promise<Buffer>>();
  const load = async (path: string): Promise<Buffer> => {
    const answer = Buffer.from(encode(toPageData(await get<WirePage>(path))));
    inFlight.delete(path);
    return answer;
  };
  return (body) => {
    const path = pagePath(filterOf(body));
    const shared = inFlight.get(path) ?? load(path);
    inFlight.set(path, shared);
    return shared;
  };
}

/** Every message is known. */
function createMemory(): Floor {
  const { rows } = createDay(Number(dayStart), true);
  const byId = new Map(rows.map((row) => [row.client_message_id, toNode(row, row.client_message_id)]));
  return async (body) => encode({ messagesById: variablesOf(body).ids?.map((id) => byId.get(id)) });
}

/** As if it knew on which page of a hundred each message is: asks for that page, or for a message that is alone on it. */
function createIds(): Floor {
  const day = createDay(Number(dayStart), false);
  const pageOf = new Map(day.rows.map((row, index) => [row.client_message_id, Math.floor(index / 100) + 1]));
  const readPage = async (page: number) => {
    const path = `/api/v1/sms/messages?from=${day.date}&to=${day.date}&page=${page}&limit=100`;
    const { messages } = await get<WirePage>(path);
    return messages.map((row) => [row.client_message_id, toNode(row, row.client_message_id)] as const);
  };
  const readOne = async (id: string) => {
    const { message } = await get<WireStatus>(`/api/v1/sms/status/${id}`);
    return [[id, toNode(message, id)] as const];
  };
  return async (body) => {
    const { ids = [] } = variablesOf(body);
    const wanted = new Map<number, string[]>();
    for (const id of ids) {
      const page = pageOf.get(id) ?? 0;
      const others = wanted.get(page);
      if (others === undefined) wanted.set(page, [id]);
      else others.push(id);
    }
    const reads = Array.from(wanted, ([page, [first = '', ...more]]) =>
      more.length === 0 ? readOne(first) : readPage(page),
    );
    const found = new Map((await Promise.all(reads)).flat());
    return encode({ messagesById: ids.map((id) => found.get(id)) });
  };
}

/** One durable write, and one POST. */
async function createSend(): Promise<Floor> {
  const put = await openDurable();
  let sends = 0;
  return async (body) => {
    const { to = [], text = '', sender = '' } = variablesOf(body).i ?? {};
    const sent = JSON.stringify({ to, message: text, sender_id: sender });
    await put(`send ${sends++}`, sent);
    const post = { method: 'POST', path: '/api/v1/sms/send', headers, body: sent } as const;
    const answer = await (await pool.request(post)).body.text();
    const { results, summary } = JSON.parse(answer) as SendAnswer;
    const recipients = results.map((each) => ({ messageId: each.message_id, status: 'ACCEPTED' }));
    const totalCost = String(summary.total_cost);
    return encode({ sendSms: { __typename: 'SendResult', recipients, summary: { totalCost } } });
  };
}

interface SendAnswer {
  readonly results: readonly { readonly message_id: string }[];
  readonly summary: { readonly total_cost: number };
}

/** The signature is checked, and the report is on the disk before the answer. */
async function createWebhook(): Promise<Floor> {
  const put = await openDurable();
  return async (body, { headers: { 'x-webhook-timestamp': time, 'x-webhook-signature': signature } }) => {
    const mac = createHmac('sha256', WEBHOOK_SECRET).update(`${time}.${body}`).digest('hex');
    if (!timingSafeEqual(Buffer.from(`sha256=${mac}`), Buffer.from(String(signature))))
      return '{"errors":[]}';
    const { message_id } = JSON.parse(body) as { readonly message_id: string };
    await put(message_id, body);
    return '';
  };
}

/** A store that has what it was given on the disk when it says so. */
async function openDurable(): Promise<(key: string, value: string) => Promise<unknown>> {
  if (storeUrl.startsWith('redis:')) {
    const client = createClient({ url: storeUrl });
    await client.connect();
    return (key, value) => client.set(key, value);
  }
  const database = open<string, string>({ path: storeUrl, overlappingSync: false });
  return (key, value) => database.put(key, value);
}
