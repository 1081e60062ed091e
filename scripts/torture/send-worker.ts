import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pino } from 'pino';
import { createEnvReader } from '../../src/config/env-reader.ts';
import { readGuardsConfig } from '../../src/config/guards.ts';
import type { OperationContext } from '../../src/context.ts';
import { createPendingWork } from '../../src/domain/pending-work.ts';
import { createTokenSealer } from '../../src/domain/sealed-token.ts';
import { createMetrics } from '../../src/metrics.ts';
import { sendSms } from '../../src/resolvers/send-sms.ts';
import { createSendResolver } from '../../src/resolvers/sends/send-resolver.ts';
import { createProvider } from '../../src/rest/provider.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createHub } from '../../src/subscriptions/create-hub.ts';
import { numberedSend } from './numbered-send.ts';

// The process that gets killed: reads numbers of sends from its input, makes each send under a key of its own, and
// prints how it ended: `<number> SENT <message id>` or `<number> <error code> -`. The line `resolve` makes one round of the
// send resolver instead, answered by `resolve DONE -`.
// Arguments: store URL, URL of the provider, API secret or '', milliseconds that its clock is ahead.

const [storeUrl = '', baseUrl = '', apiSecret = '', aheadMs = '0'] = process.argv.slice(2);
const WORKSPACE = 'main';
const clock = { now: () => Date.now() + Number(aheadMs) };
const logger = pino({ level: 'silent' });
const metrics = createMetrics({ process: false });
const processId = `worker-${process.pid}`;
const rootKey = Buffer.from('root key of the torture');
const sealer = createTokenSealer(rootKey, 'torture');

const store = await openStore({ url: storeUrl, clock, logger, processId });
const hub = await createHub({ log: store.log, logger, metrics });
const provider = createProvider({
  workspace: WORKSPACE,
  baseUrl,
  apiKey: 'sk_prod_torture',
  apiSecret: apiSecret === '' ? null : apiSecret,
  clock,
  logger,
  metrics,
});
const resolver = createSendResolver({
  store,
  providers: new Map([[WORKSPACE, provider]]),
  isSandbox: () => false,
  clock,
  logger,
  metrics,
  rootKey,
  processId,
});

function createContext(): OperationContext {
  const hangUp = new AbortController();
  return {
    requestId: 'torture',
    viewer: { subject: 'torture', workspace: WORKSPACE, scopes: ['*'], isSandbox: false },
    hangUp,
    provider: provider.openSession(hangUp),
    store,
    hub,
    sealers: { pageCursor: sealer, eventCursor: sealer, exportToken: sealer },
    rootKey,
    processId,
    publicUrl: 'http://127.0.0.1',
    clock,
    logger,
    metrics,
    guards: { ...readGuardsConfig(createEnvReader({}), false), mode: 'off' },
    pendingWork: createPendingWork(),
  };
}

async function makeSend(number: number): Promise<string> {
  try {
    const { recipients } = await sendSms(numberedSend(number), createContext());
    return `SENT ${recipients[0]?.messageId}`;
  } catch (error) {
    return `${error instanceof Error && 'code' in error ? String(error.code) : 'BUG'} -`;
  }
}

async function answer(line: string): Promise<void> {
  const isRound = line === 'resolve';
  if (isRound) await resolver.runOnce();
  process.stdout.write(`${line} ${isRound ? 'DONE -' : await makeSend(Number(line))}\n`);
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void answer(line));
await once(lines, 'close');
process.exit();
