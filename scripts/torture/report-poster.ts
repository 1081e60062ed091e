import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { type PostedReport, signReport } from '../../test/support/signed-report.ts';
import { messageOf, numberAt, numberedPost } from './numbered-post.ts';
import type { ReplicaSet } from './replica-set.ts';

export interface PosterOptions {
  readonly replicas: Pick<ReplicaSet, 'size' | 'urlOf'>;
  readonly secret: string;
  readonly perSecond: number;
  /** It posts no more than these. @default unlimited */
  readonly maxReports?: number;
  /**
   * Who gets a report: the replicas in turn, and the next one what was not taken; or every replica, all at the same time.
   * @default 'one'
   */
  readonly to?: 'one' | 'every';
  /** How soon a report that was not taken is posted again. @default 50 */
  readonly retryMs?: number;
  /** Told of each numbered report as it is posted for the first time. */
  readonly onPost?: (report: PostedReport) => void;
  /** Told of each report that a replica has taken. */
  readonly onTaken?: (url: string) => void;
}

/** The provider's side: posts delivery reports until they are taken. */
export interface ReportPoster {
  readonly acknowledged: number;
  /** Numbered reports that are posted and not acknowledged yet. */
  readonly unanswered: number;
  /** Posts that were answered by no 2xx. */
  readonly refused: number;
  /** Those of them that were answered 503. */
  readonly unavailable: number;
  /** Posts one report until it is taken. */
  deliver(report: PostedReport): Promise<void>;
  /** The message that is reported next, or one of those around it. */
  frontier(): number;
  /** Posts numbered reports until it is stopped. */
  start(): void;
  /** Posts nothing new, and resolves when everything that was posted is acknowledged. Returns how many reports that are. */
  stop(): Promise<number>;
}

const TICK_MS = 5;
const RETRY_MS = 50;
const AVOID_MS = 250;
/** The provider waits for answers too: while so many are missing, it posts no more. */
const MAX_UNANSWERED = 500;
const ANSWER_TIMEOUT_MS = 5000; // as the provider's

export function createPoster(options: PosterOptions): ReportPoster {
  const { replicas, secret, perSecond, maxReports = Number.POSITIVE_INFINITY, to = 'one' } = options;
  const { retryMs = RETRY_MS } = options;
  const dispatcher = new Agent({ headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS });
  /** By message: the reports of one message are posted one after the other. */
  const latest = new Map<number, Promise<void>>();
  const avoidUntilMs = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let turn = 0;
  let posted = 0;
  let acknowledged = 0;
  let refused = 0;
  let unavailable = 0;

  const isUp = (url: string): boolean => performance.now() >= (avoidUntilMs.get(url) ?? 0);

  /** The next replica that was not just found to be away. */
  function nextUrl(): string | null {
    for (let tries = 0; tries < replicas.size; tries += 1) {
      const url = replicas.urlOf(turn++);
      if (isUp(url)) return url;
    }
    return null;
  }

  async function isTaken(url: string, report: PostedReport): Promise<boolean> {
    const post = { method: 'POST', dispatcher, ...signReport(report, secret) } as const;
    try {
      const answer = await request(`${url}/webhooks/delivery`, post);
      await answer.body.dump();
      if (answer.statusCode >= 200 && answer.statusCode < 300) {
        options.onTaken?.(url);
        return true;
      }
      if (answer.statusCode === 503) unavailable += 1;
    } catch {
      avoidUntilMs.set(url, performance.now() + AVOID_MS);
    }
    refused += 1;
    return false;
  }

  async function deliverTo(chooseUrl: () => string | null, report: PostedReport): Promise<void> {
    for (;;) {
      const url = chooseUrl();
      if (url !== null && (await isTaken(url, report))) return;
      await pause(retryMs);
    }
  }

  async function deliver(report: PostedReport): Promise<void> {
    if (to === 'one') return deliverTo(nextUrl, report);
    const every = Array.from({ length: replicas.size }, (_, index) =>
      deliverTo(() => replicas.urlOf(index), report),
    );
    await Promise.all(every);
  }

  function post(number: number): void {
    const message = messageOf(number);
    const delivered = (latest.get(message) ?? Promise.resolve())
      .then(() => {
        const report = numberedPost(number);
        options.onPost?.(report);
        return deliver(report);
      })
      .then(() => {
        acknowledged += 1;
        if (latest.get(message) === delivered) latest.delete(message);
      });
    latest.set(message, delivered);
  }

  return {
    get acknowledged() {
      return acknowledged;
    },
    get unanswered() {
      return posted - acknowledged;
    },
    get refused() {
      return refused;
    },
    get unavailable() {
      return unavailable;
    },
    deliver,
    frontier: () => messageOf(numberAt(posted)),
    start() {
      let lastTickMs = performance.now();
      let due = 0;
      timer = setInterval(() => {
        const nowMs = performance.now();
        due = Math.min(due + ((nowMs - lastTickMs) / 1000) * perSecond, perSecond);
        lastTickMs = nowMs;
        for (; due >= 1 && posted - acknowledged < MAX_UNANSWERED && posted < maxReports; due -= 1) {
          post(numberAt(posted));
          posted += 1;
        }
      }, TICK_MS);
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(latest.values());
      await dispatcher.close();
      return acknowledged;
    },
  };
}

const LOOK_EVERY_MS = 5;

/** Resolves when so many numbered reports are acknowledged. */
export async function whenAcknowledged(poster: ReportPoster, count: number): Promise<void> {
  while (poster.acknowledged < count) await pause(LOOK_EVERY_MS);
}
