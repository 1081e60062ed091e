import type { GatewayProcess } from '../../../test/support/gateway-process.ts';
import type { ReceivedPost } from './post-plans.ts';

/** A send as its caller asks for it, again and again under the same key. */
export interface KeyedSend {
  readonly key: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly sender: string;
}

export interface ToldRecipient {
  readonly recipient: string;
  readonly status: string;
  readonly messageId: string | null;
}

/** What a caller was told. */
export interface Told {
  /** `SENT`, or the code of the error; null when no answer came. */
  readonly code: string | null;
  readonly isReplay: boolean;
  readonly isSafeToRetry: boolean;
  /** None unless it was sent. */
  readonly recipients: readonly ToldRecipient[];
  readonly tookMs: number;
}

type AskedGateway = Pick<GatewayProcess, 'graphqlUrl'>;

/** Who asked for what, what they were told, and whose each request to the provider was. */
export interface SendBook {
  readonly sends: ReadonlyMap<string, KeyedSend>;
  /** By key, in order. */
  readonly told: ReadonlyMap<string, readonly Told[]>;
  ask(send: KeyedSend, gateway: AskedGateway): Promise<Told>;
  /** Notes a request that arrives at the provider: of what was asked last with this input, of all that waits for an answer. */
  noteOwner(post: ReceivedPost): void;
  /** The key that a request was made for; null when nobody asked. */
  ownerOf(postIndex: number | null): string | null;
}

const SEND = `mutation ($input: SendSmsInput!) {
  sendSms(input: $input) {
    __typename
    ... on SendResult { isReplay recipients { recipient status messageId } }
    ... on UserError { code }
    ... on UpstreamUnavailableError { isSafeToRetry }
  }
}`;
/** Longer than a gateway lets a repeat wait. */
const NO_ANSWER_MS = 60_000;

interface Answer {
  readonly data?: {
    readonly sendSms: {
      readonly code?: string;
      readonly isReplay?: boolean;
      readonly isSafeToRetry?: boolean;
      readonly recipients?: readonly ToldRecipient[];
    } | null;
  } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

export function createSendBook(): SendBook {
  const sends = new Map<string, KeyedSend>();
  const told = new Map<string, Told[]>();
  const owners = new Map<number, string>();
  const asked: { readonly send: KeyedSend; isAnswered: boolean }[] = [];

  return {
    sends,
    told,
    async ask(send, gateway) {
      const question = { send, isAnswered: false };
      sends.set(send.key, send);
      asked.push(question);
      const answer = await askGateway(send, gateway);
      question.isAnswered = true;
      told.set(send.key, [...(told.get(send.key) ?? []), answer]);
      return answer;
    },
    noteOwner(post) {
      const likely = asked.filter(({ send }) => isSameInput(send, post));
      const owner = likely.findLast(({ isAnswered }) => !isAnswered) ?? likely.at(-1);
      if (owner !== undefined) owners.set(post.index, owner.send.key);
    },
    ownerOf: (postIndex) => (postIndex === null ? null : (owners.get(postIndex) ?? null)),
  };
}

const isSameInput = (send: KeyedSend, post: ReceivedPost): boolean =>
  send.text === post.text && send.to.join() === post.to.join();

async function askGateway(send: KeyedSend, { graphqlUrl }: AskedGateway): Promise<Told> {
  const { key: idempotencyKey, to, text, sender } = send;
  const beganAtMs = performance.now();
  const tookMs = () => performance.now() - beganAtMs;
  try {
    const response = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: SEND, variables: { input: { to, text, sender, idempotencyKey } } }),
      signal: AbortSignal.timeout(NO_ANSWER_MS),
    });
    return { ...readTold((await response.json()) as Answer), tookMs: tookMs() };
  } catch {
    return { code: null, isReplay: false, isSafeToRetry: false, recipients: [], tookMs: tookMs() };
  }
}

function readTold({ data, errors }: Answer): Omit<Told, 'tookMs'> {
  const result = data?.sendSms;
  const { isReplay = false, isSafeToRetry = false, recipients = [] } = result ?? {};
  const failure = result?.code ?? errors?.[0]?.extensions?.code ?? 'error';
  const code = result?.recipients === undefined ? failure : 'SENT';
  return { code, isReplay, isSafeToRetry, recipients };
}
