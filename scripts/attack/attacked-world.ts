import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';
import { type MeasuredGateway, startMeasuredGateway } from '../support/measured-gateway.ts';
import type { TokenIssuer } from './target.ts';

/** A gateway as it stands in production, two workspaces behind it, and a provider that is not real. */
export interface AttackedWorld {
  readonly gateway: MeasuredGateway;
  readonly simulator: Simulator;
  readonly issuer: TokenIssuer;
  close(): Promise<void>;
}

/** The workspace of the attackers and of the good client, and that of the victim. */
export const OWN_WORKSPACE = 'shop';
export const VICTIM_WORKSPACE = 'bank';

const ISSUER: TokenIssuer = {
  secret: 'a-secret-of-the-attacked-world-of-enough-bytes',
  issuer: 'https://id.example.com/',
  audience: 'sms-gateway',
};

const WORKSPACES = [OWN_WORKSPACE, VICTIM_WORKSPACE].map((id) => ({
  id,
  apiKey: `sk_prod_${id}`,
  webhookSecrets: [`webhook-secret-of-the-${id}`],
}));

/** @param env settings beyond the usual ones of production */
export async function openAttackedWorld(env: Readonly<Record<string, string>> = {}): Promise<AttackedWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-attack-'));
  const simulator = await startSimulator({
    accounts: WORKSPACES.map(({ id, apiKey }) => ({
      id,
      keys: [{ key: apiKey }],
      balance: '100000.00',
      history: { days: 7, messages: 300 },
    })),
    timings: { sentAfterMs: 50, deliveredAfterMs: 200 },
  });
  const workspacesFile = join(folder, 'workspaces.json');
  await writeFile(workspacesFile, JSON.stringify(WORKSPACES));
  const gateway = await startMeasuredGateway(folder, {
    ...{ NODE_ENV: 'production', PORT: '0', LOG_LEVEL: 'info', STORE_URL: `file:${join(folder, 'data')}` },
    ...{ WORKSPACES_FILE: workspacesFile, SMS_API_URL: simulator.url, METRICS: 'public' },
    ...{ AUTH_JWT_SECRET: ISSUER.secret, AUTH_ISSUER: ISSUER.issuer, AUTH_AUDIENCE: ISSUER.audience },
    ...env,
  });
  for (const { id, webhookSecrets } of WORKSPACES)
    simulator.setWebhook(id, `${gateway.url}/webhooks/${id}/delivery`, webhookSecrets[0] ?? null);
  return {
    gateway,
    simulator,
    issuer: ISSUER,
    async close() {
      await gateway.stop();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
