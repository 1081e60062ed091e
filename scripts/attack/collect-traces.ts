import { askOver } from './ask.ts';
import { signToken } from './sign-token.ts';
import type { TokenIssuer, VictimTraces } from './target.ts';

const TEXT = 'The secret word is Rumpelstiltskin';
const KEY = 'key-of-the-victim';

const SEND = `mutation($i: SendSmsInput!) { sendSms(input: $i) {
  ... on SendResult { recipients { messageId sentMessage { id } } } } }`;
const READ = `{
  messages(first: 1) { pageInfo { endCursor } nodes { id } }
  traffic(first: 1) { pageInfo { endCursor } nodes { id } }
}`;
const EXPORT = 'mutation { exportMessages { ... on ExportLink { url } } }';
const EVENTS = 'subscription { deliveryReportReceived { cursor } }';

interface Sent {
  readonly sendSms: { readonly recipients: readonly [{ readonly messageId: string }] };
}
interface Read {
  readonly messages: Page;
  readonly traffic: Page;
}
interface Page {
  readonly pageInfo: { readonly endCursor: string };
  readonly nodes: readonly { readonly id: string }[];
}

/** Lets a workspace send, read, export and follow, and keeps every trace that it leaves. */
export async function collectTraces(
  url: string,
  issuer: TokenIssuer,
  workspace: string,
): Promise<VictimTraces> {
  const token = await signToken(issuer, { sub: 'victim', workspace, scope: '*' });
  const ask = askOver('http', { url, token });
  const data = async (query: string, variables = {}) => (await ask({ query, variables })).data as unknown;
  const events = askOver('sse', { url, token })({ query: EVENTS });
  const input = { to: ['+447700900123'], text: TEXT, sender: 'Victim', idempotencyKey: KEY };
  const { sendSms } = (await data(SEND, { i: input })) as Sent;
  const { messages, traffic } = (await data(READ)) as Read;
  const { exportMessages } = (await data(EXPORT)) as { readonly exportMessages: { readonly url: string } };
  return {
    workspace,
    text: TEXT,
    idempotencyKey: KEY,
    messageId: sendSms.recipients[0].messageId,
    nodeIds: [...messages.nodes, ...traffic.nodes].map(({ id }) => id),
    pageCursor: messages.pageInfo.endCursor,
    trafficCursor: traffic.pageInfo.endCursor,
    eventCursor: /"cursor":"([^"]+)"/.exec((await events).text)?.[1] ?? '',
    exportToken: new URL(exportMessages.url).searchParams.get('token') ?? '',
  };
}
