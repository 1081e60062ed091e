import { startGatewayProcess } from '../../test/support/gateway-process.ts';
import { numberedSend } from './numbered-send.ts';
import { SETTINGS } from './replica-set.ts';

/** How a send ended, as its caller was told. */
export interface ToldOutcome {
  /** `SENT`, or the code of the error; null when the gateway died before it answered. */
  readonly code: string | null;
  readonly messageId: string | null;
}

/** A whole gateway in a process of its own, asked to send. */
export interface SendProcess {
  /** Makes the send of this number under a key of its own; resolves when it is answered or the gateway dies. */
  ask(number: number): Promise<ToldOutcome>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Lets it end by itself. */
  end(): Promise<void>;
}

export interface SendProcessOptions {
  readonly storeUrl: string;
  readonly baseUrl: string;
  /** Makes the provider's key a signing one; empty for none. */
  readonly apiSecret: string;
  /** How far its clock is ahead of this machine's. */
  readonly aheadMs: number;
}

const SEND = `mutation ($input: SendSmsInput!) {
  sendSms(input: $input) { __typename ... on SendResult { recipients { messageId } } ... on UserError { code } }
}`;
const DIED: ToldOutcome = { code: null, messageId: null };

interface Answer {
  readonly data?: {
    readonly sendSms: {
      readonly code?: string;
      readonly recipients?: readonly { readonly messageId: string }[];
    } | null;
  } | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

export async function startSendProcess(options: SendProcessOptions): Promise<SendProcess> {
  const gateway = await startGatewayProcess({
    ...SETTINGS,
    ...{ STORE_URL: options.storeUrl, SMS_API_URL: options.baseUrl, GUARDS: 'off' },
    ...(options.apiSecret !== '' && { SMS_API_SECRET: options.apiSecret }),
    NODE_OPTIONS: `--import=${clockAheadBy(options.aheadMs)}`,
  });
  return {
    async ask(number) {
      const body = JSON.stringify({ query: SEND, variables: { input: numberedSend(number) } });
      const headers = { 'content-type': 'application/json' };
      try {
        const response = await fetch(gateway.graphqlUrl, { method: 'POST', headers, body });
        return readOutcome((await response.json()) as Answer);
      } catch {
        return DIED;
      }
    },
    kill: () => gateway.kill(),
    async end() {
      gateway.signal('SIGTERM');
      await gateway.ended;
    },
  };
}

function readOutcome({ data, errors }: Answer): ToldOutcome {
  const messageId = data?.sendSms?.recipients?.[0]?.messageId;
  if (messageId !== undefined) return { code: 'SENT', messageId };
  return { code: data?.sendSms?.code ?? errors?.[0]?.extensions?.code ?? 'error', messageId: null };
}

/** A module that sets the clock of a whole process: days pass between two lives of it. */
const clockAheadBy = (ms: number): string =>
  `data:text/javascript,${encodeURIComponent(`const now=Date.now;Date.now=()=>now()+${ms}`)}`;
