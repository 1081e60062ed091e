import type { Endpoint } from '../api/endpoint.ts';
import { balanceEndpoint } from './account/balance.ts';
import { paymentsEndpoint } from './account/payments.ts';
import { pricingEndpoint } from './account/pricing.ts';
import { exportEndpoint } from './messages/export.ts';
import { messagesEndpoint } from './messages/messages.ts';
import { statusEndpoint } from './messages/status.ts';
import { unifiedEndpoint } from './messages/unified.ts';
import { sendEndpoint } from './send/send.ts';
import { statsByCountryEndpoint, statsDailyEndpoint, statsEndpoint } from './statistics/stats.ts';
import { webhooksLogsEndpoint } from './webhooks/webhook-logs.ts';
import { webhooksGetEndpoint, webhooksPutEndpoint } from './webhooks/webhook-settings.ts';
import { webhooksTestEndpoint } from './webhooks/webhook-test.ts';

export const ENDPOINTS: readonly Endpoint[] = [
  sendEndpoint,
  statusEndpoint,
  messagesEndpoint,
  unifiedEndpoint,
  exportEndpoint,
  statsEndpoint,
  statsDailyEndpoint,
  statsByCountryEndpoint,
  balanceEndpoint,
  pricingEndpoint,
  paymentsEndpoint,
  webhooksGetEndpoint,
  webhooksPutEndpoint,
  webhooksLogsEndpoint,
  webhooksTestEndpoint,
];

export interface Route {
  readonly endpoint: Endpoint;
  /** What stands for the `:name` of the path; empty when it has none. */
  readonly pathParameter: string;
}

/** The endpoint for a method and a path below `/api/v1`. */
export function findRoute(method: string, path: string): Route | null {
  for (const endpoint of ENDPOINTS) {
    const pathParameter = endpoint.method === method ? matchPath(endpoint.path, path) : null;
    if (pathParameter !== null) return { endpoint, pathParameter };
  }
  return null;
}

function matchPath(pattern: string, path: string): string | null {
  const fixed = pattern.split(':')[0] ?? '';
  if (fixed === pattern) return path === pattern ? '' : null;
  const parameter = path.startsWith(fixed) ? path.slice(fixed.length) : '';
  return parameter === '' || parameter.includes('/') ? null : decodePart(parameter);
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // names no message, so the answer is that there is none
  }
}
