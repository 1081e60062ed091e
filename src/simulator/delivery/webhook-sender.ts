import type { SimulatorTime } from '../time/simulator-time.ts';
import type { SimulatorTimings } from '../time/timings.ts';
import { createHttpPoster, type PostResult } from './http-poster.ts';
import { webhookHeaders } from './webhook-signature.ts';
import type { WebhookAttemptRecord, WorkspaceWebhooks } from './workspace-webhooks.ts';

export interface WebhookEvent {
  readonly event: 'delivery' | 'test';
  readonly messageId: string;
  /** The same bytes in every attempt. */
  readonly body: string;
}

export interface WebhookSender {
  /**
   * Posts to the workspace's delivery URL, and again after each wait until an answer is 2xx. Resolves when the first
   * attempt is over; nothing is posted when no URL is set.
   */
  deliver(workspace: WorkspaceWebhooks, event: WebhookEvent): Promise<void>;
  /** One attempt, no more. */
  tryOnce(workspace: WorkspaceWebhooks, url: string, event: WebhookEvent): Promise<WebhookAttemptRecord>;
  close(): void;
}

/** How many attempts a workspace's log remembers. */
const LOG_LENGTH = 1_000;

const isAccepted = (status: number | null): boolean => status !== null && status >= 200 && status < 300;

export function createWebhookSender(time: SimulatorTime, timings: SimulatorTimings): WebhookSender {
  const poster = createHttpPoster();
  let lastId = 0;

  function record(
    workspace: WorkspaceWebhooks,
    attempt: Omit<WebhookAttemptRecord, 'id' | 'isSuccessful' | keyof PostResult>,
    result: PostResult,
  ): WebhookAttemptRecord {
    lastId += 1;
    const entry = { ...attempt, ...result, id: lastId, isSuccessful: isAccepted(result.httpStatus) };
    workspace.webhookLog.push(entry);
    if (workspace.webhookLog.length > LOG_LENGTH) workspace.webhookLog.shift();
    return entry;
  }

  /** Every attempt is signed anew, with its own timestamp. */
  async function post(workspace: WorkspaceWebhooks, url: string, event: WebhookEvent, attempt: number) {
    const attemptedAtMs = time.now();
    const headers = webhookHeaders(event.body, workspace.webhooks.signingSecret, attemptedAtMs);
    const result = await poster.post({ url, headers, body: event.body, timeoutMs: timings.webhookTimeoutMs });
    const { event: kind, messageId } = event;
    return record(workspace, { event: kind, messageId, url, attempt, attemptedAtMs }, result);
  }

  async function attemptDelivery(workspace: WorkspaceWebhooks, event: WebhookEvent, attempt: number) {
    const url = workspace.webhooks.deliveryUrl;
    if (url === null) return;
    const { isSuccessful } = await post(workspace, url, event, attempt);
    const waitMs = timings.webhookRetryWaitsMs[attempt - 1];
    if (isSuccessful || waitMs === undefined) return;
    time.after(waitMs, () => attemptDelivery(workspace, event, attempt + 1));
  }

  return {
    deliver: (workspace, event) => attemptDelivery(workspace, event, 1),
    tryOnce: (workspace, url, event) => post(workspace, url, event, 1),
    close: () => poster.close(),
  };
}
