import { createHmac } from 'node:crypto';
import { pino } from 'pino';
import { type Config, loadConfig } from '../../src/config.ts';
import type { DeliveryReport } from '../../src/domain/delivery-report.ts';
import { type Gateway, startGateway } from '../../src/start-gateway.ts';
import { type RedisServer, startRedisServer } from '../../test/support/redis-server.ts';

const WEBHOOK_SECRET = 'the webhook secret of the torture';
const NOWHERE = 'http://127.0.0.1:9/api/v1'; // no message is asked for

/** Several gateways on one Redis, each of which can be restarted on its port. */
export interface Replicas {
  readonly count: number;
  urlOf(index: number): string;
  restart(index: number): Promise<void>;
  /** Posts a report to one replica after the other, from the given one on, until one acknowledges it. */
  post(report: DeliveryReport, from: number): Promise<void>;
  close(): Promise<void>;
}

export async function startReplicas(count: number): Promise<Replicas> {
  const redis = await startRedisServer();
  const gateways: Gateway[] = [];
  for (let index = 0; index < count; index += 1) gateways.push(await start(redis, 0));
  const urls = gateways.map(({ url }) => url);
  const urlOf = (index: number) => urls[index % count] ?? '';

  return {
    count,
    urlOf,
    async restart(index) {
      await gateways[index]?.drain();
      gateways[index] = await start(redis, Number(new URL(urlOf(index)).port));
    },
    async post(report, from) {
      const { body, headers } = sign(report);
      for (let index = from; ; index += 1) {
        const url = `${urlOf(index)}/webhooks/delivery`;
        const response = await fetch(url, { method: 'POST', body, headers }).catch(() => null);
        await response?.arrayBuffer();
        if (response?.ok) return;
      }
    },
    async close() {
      await Promise.all(gateways.map((gateway) => gateway.drain()));
      await redis.stop();
    },
  };
}

const start = (redis: RedisServer, port: number): Promise<Gateway> =>
  startGateway(configOf(redis, port), { logger: pino({ level: 'silent' }) });

const configOf = (redis: RedisServer, port: number): Config =>
  loadConfig({
    PORT: String(port),
    STORE_URL: redis.url,
    SMS_API_URL: NOWHERE,
    SMS_API_KEY: 'sk_prod_torture',
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    AUTH: 'none',
    GATEWAY_SECRET: 'the secret that all replicas of the torture share',
    LIMIT_SOCKETS_PER_CALLER: '10000',
  });

function sign(report: DeliveryReport): { readonly body: string; readonly headers: Record<string, string> } {
  const body = JSON.stringify({
    message_id: report.messageId,
    recipient: report.recipient,
    sender_id: report.sender,
    status: report.rawStatus,
    status_code: report.statusCode,
    timestamp: report.occurredAt,
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac('sha256', WEBHOOK_SECRET).update(`${timestamp}.${body}`).digest('hex');
  const headers = { 'x-webhook-timestamp': timestamp, 'x-webhook-signature': `sha256=${mac}` };
  return { body, headers };
}
