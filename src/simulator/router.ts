import type { Endpoint } from './endpoint.ts';
import { balanceEndpoint } from './endpoints/balance.ts';
import { exportEndpoint } from './endpoints/export.ts';
import { messagesEndpoint } from './endpoints/messages.ts';
import { paymentsEndpoint } from './endpoints/payments.ts';
import { pricingEndpoint } from './endpoints/pricing.ts';
import { sendEndpoint } from './endpoints/send.ts';
import { statsEndpoint } from './endpoints/stats.ts';
import { statsByCountryEndpoint } from './endpoints/stats-by-country.ts';
import { statsDailyEndpoint } from './endpoints/stats-daily.ts';
import { statusEndpoint } from './endpoints/status.ts';
import { unifiedEndpoint } from './endpoints/unified.ts';
import { webhooksGetEndpoint } from './endpoints/webhooks-get.ts';
import { webhooksLogsEndpoint } from './endpoints/webhooks-logs.ts';
import { webhooksPutEndpoint } from './endpoints/webhooks-put.ts';
import { webhooksTestEndpoint } from './endpoints/webhooks-test.ts';

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
