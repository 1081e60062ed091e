import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createPostPlans, type PlannedPost, type PostPlan, type ReceivedPost } from './post-plans.ts';
import { type Answer, type Call, checkSignature, json, receiptOf, refusal } from './provider-answers.ts';
import { type AcceptedMessage, createProviderHistory, type ProviderHistory } from './provider-history.ts';

/** A key of the account; with a secret, its requests must be signed. */
interface ProviderKey {
  readonly key: string;
  readonly secret?: string;
}

/**
 * The provider on its worst day, written from its documentation alone: a test says what becomes of each request to send, what
 * the history shows of it, and what time it is there.
 */
export interface WorstProvider {
  readonly baseUrl: string;
  readonly clock: {
    /** Against this machine. In its `Date` header, in the ids and in `created_at`. */
    aheadMs: number;
    /** False: answers have no `Date` header. */
    isTold: boolean;
  };
  readonly history: ProviderHistory;
  /** Every request to send that was written to it, whatever became of it. */
  readonly posts: readonly ReceivedPost[];
  /** How many pages of the history were asked for. */
  readonly pagesRead: number;
  plan(plan: PostPlan): PlannedPost;
  acceptedBy(to: string, messageText?: string): readonly AcceptedMessage[];
  /** Looks again after each request; false when it did not become true in time. */
  until(isTrue: () => boolean, withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

const BASE_PATH = '/api/v1';
/** Connections end when a plan says so, and never by themselves. */
const KEPT_ALIVE_MS = 600_000;

export interface WorstProviderOptions {
  readonly keys: readonly ProviderKey[];
  /** Called with every request to send as soon as it has been read. */
  readonly onPost?: (post: ReceivedPost) => void;
}

export async function startWorstProvider({
  keys,
  onPost = () => undefined,
}: WorstProviderOptions): Promise<WorstProvider> {
  const clock = { aheadMs: 0, isTold: true };
  const now = () => Date.now() + clock.aheadMs;
  const history = createProviderHistory(now);
  const plans = createPostPlans();
  const posts: ReceivedPost[] = [];
  const looks = new Set<() => void>();
  const spentPairs = new Set<string>();
  let pagesRead = 0;

  const write = (response: ServerResponse, { status, contentType, body }: Answer): void => {
    response.sendDate = false;
    if (clock.isTold) response.setHeader('Date', new Date(now()).toUTCString());
    if (contentType !== null) response.setHeader('Content-Type', contentType);
    response.writeHead(status).end(body);
  };

  /** A request of any kind gets to the provider itself. */
  const authenticate = (call: Call): Answer | null => {
    const key = keys.find((candidate) => candidate.key === call.headers['x-api-key']);
    if (key === undefined) return refusal(401, 'INVALID_API_KEY');
    return key.secret === undefined ? null : checkSignature(call, key.secret, { spentPairs, nowMs: now() });
  };

  const deliver = (call: Call, post: ReceivedPost, { rowsAtFirst, names }: PostPlan): Answer => {
    const refused = authenticate(call);
    if (refused !== null) return refused;
    if (post.to.length === 0) return refusal(400, 'INVALID_TO');
    return receiptOf(history.accept({ ...post, postIndex: post.index, rowsAtFirst }), names);
  };

  const takePost = async (call: Call, response: ServerResponse): Promise<void> => {
    const post = readPost(call.body, posts.length);
    posts.push(post);
    onPost(post);
    look();
    const { plan, released } = plans.take(post);
    const delivery = (plan.acceptAfter ?? Promise.resolve()).then(() => {
      if (!plan.accept) return null;
      if (plan.isRepeatedByProxy === true) deliver(call, post, plan);
      return deliver(call, post, plan);
    });
    void delivery.then(look);
    if (plan.acceptAfter === undefined) await delivery;
    if (plan.answer === 'cut') return void response.socket?.destroy();
    if (plan.answer === 'hang') await released;
    if (typeof plan.answer === 'object') return write(response, plan.answer);
    const answer = await delivery;
    if (answer === null) response.socket?.destroy();
    else write(response, answer);
  };

  const read = (call: Call): Answer => {
    const path = call.path.slice(BASE_PATH.length);
    const refused = authenticate(call);
    if (refused !== null) return refused;
    if (path === '/sms/messages') {
      pagesRead += 1;
      return json(history.page(call.query));
    }
    if (path.startsWith('/sms/status/')) {
      const message = history.status(decodeURIComponent(path.slice('/sms/status/'.length)));
      return message === null ? refusal(404, 'NOT_FOUND') : json({ status: true, message });
    }
    if (path === '/user/balance')
      return json({ balance: 1250.5, currency: 'EUR', updated: '2026.02.13 10:15:00' });
    return path === '/user/pricing' ? json([]) : refusal(404, 'NOT_FOUND');
  };

  const look = (): void => {
    for (const lookAgain of looks) lookAgain();
  };

  const server = createServer(async (request, response) => {
    const call = await readCall(request);
    if (call === null) return;
    if (call.method === 'POST' && call.path === `${BASE_PATH}/sms/send`) await takePost(call, response);
    else write(response, read(call));
    look();
  });
  server.keepAliveTimeout = KEPT_ALIVE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}${BASE_PATH}`,
    clock,
    history,
    posts,
    get pagesRead() {
      return pagesRead;
    },
    plan: (plan) => plans.add(plan),
    acceptedBy: (to, messageText) =>
      history.accepted.filter(
        (message) => message.to === to && (messageText === undefined || message.text === messageText),
      ),
    until: (isTrue, withinMs) =>
      new Promise((resolve) => {
        const end = (isReached: boolean) => {
          clearTimeout(deadline);
          looks.delete(lookAgain);
          resolve(isReached);
        };
        const lookAgain = () => isTrue() && end(true);
        const deadline = setTimeout(end, withinMs, false);
        looks.add(lookAgain);
        lookAgain();
      }),
    async close() {
      plans.releaseAll();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Null when the connection ended before the request was whole. */
async function readCall(request: IncomingMessage): Promise<Call | null> {
  const url = new URL(request.url ?? '/', 'http://provider');
  try {
    const body = await text(request);
    const { method = '', headers } = request;
    return { method, path: url.pathname, query: url.searchParams, headers, body };
  } catch {
    return null;
  }
}

function readPost(body: string, index: number): ReceivedPost {
  const post = JSON.parse(body) as {
    readonly to: string[];
    readonly message: string;
    readonly sender_id: string;
  };
  return { index, to: post.to, text: post.message, sender: post.sender_id };
}
