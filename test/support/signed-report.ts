import { createHmac } from 'node:crypto';

/** What the provider posts about a message; what is left out is made up. */
export interface PostedReport {
  readonly messageId: string;
  /** @default 'DELIVRD' */
  readonly status?: string;
  readonly statusCode?: string;
  /** When it happened. */
  readonly at?: Date;
}

export interface SignedPost {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const HAPPENED_AT = new Date('2026-02-13T10:30:04Z');

/** Body and headers of a delivery report, signed now. */
export function signReport(report: PostedReport, secret: string): SignedPost {
  const { messageId, status = 'DELIVRD', statusCode = '000', at = HAPPENED_AT } = report;
  const body = JSON.stringify({
    message_id: messageId,
    recipient: '+14155551234',
    sender_id: 'MyApp',
    status,
    status_code: statusCode,
    num_parts: 1,
    cost: 0.0085,
    timestamp: `${at.toISOString().slice(0, 19)}Z`,
  });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-webhook-timestamp': timestamp,
      'x-webhook-signature': `sha256=${mac}`,
    },
  };
}

/** Posts a delivery report to a gateway as the provider does. Answers the status. */
export async function postReport(url: string, report: PostedReport, secret: string): Promise<number> {
  const { body, headers } = signReport(report, secret);
  const response = await fetch(`${url}/webhooks/delivery`, { method: 'POST', body, headers });
  await response.arrayBuffer();
  return response.status;
}
