import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { type PostedReport, signReport } from '../../test/support/signed-report.ts';
import { messageOf, numberAt, numberedPost } from './numbered-post.ts';
import type { ReplicaSet } from './replica-set.ts';

export interface PosterOptions {
  readonly replicas: ReplicaSet;
  readonly secret: string;
  readonly perSecond: number;
  /** It posts no more than these. */
  readonly maxReports: number;
}

/** The provider's side: posts reports to the replicas in turn, and a report that was not taken to the next one. */
export interface ReportPoster {
  readonly acknowledged: number;
  /** Posts that were answered by no 2xx. */
  readonly refused: number;
  /** Posts one report until it is taken. */
  deliver(report: PostedReport): Promise<void>;
  /** The message that is reported next, or one of those around it. */
  frontier(): number;
  /** Posts numbered reports until it is stopped. */
  start(): void;
  /** Resolves when everything that was posted is acknowledged. Returns how many that are. */
  stop(): Promise<number>;
}

const TICK_MS = 20;
const RETRY_MS = 50;
const AVOID_MS = 250;
/** The provider waits for answers too: while so many are missing, it posts no more. */
const MAX_UNANSWERED = 500;
const ANSWER_TIMEOUT_MS = 5000; // as the provider's

export function createPoster({ replicas, secret, perSecond, maxReports }: PosterOptions): ReportPoster {
  const dispatcher = new Agent({ headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: ANSWER_TIMEOUT_MS });
  /** By message: the reports of one message are posted one after the other. */
  const latest = new Map<number, Promise<void>>();
  const avoidUntilMs = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let turn = 0;
  let posted = 0;
  let acknowledged = 0;
  let refused = 0;

  /** The next replica, but not one that was just found to be away, if there is another. */
  function nextUrl(): string {
    for (let tries = 1; tries < replicas.size; tries += 1) {
      const url = replicas.urlOf(turn++);
      if (performance.now() >= (avoidUntilMs.get(url) ?? 0)) return url;
    }
    return replicas.urlOf(turn++);
  }

  async function isTaken(report: PostedReport): Promise<boolean> {
    const url = nextUrl();
    const post = { method: 'POST', dispatcher, ...signReport(report, secret) } as const;
    try {
      const answer = await request(`${url}/webhooks/delivery`, post);
      await answer.body.dump();
      return answer.statusCode >= 200 && answer.statusCode < 300;
    } catch {
      avoidUntilMs.set(url, performance.now() + AVOID_MS);
      return false;
    }
  }

  async function deliver(report: PostedReport): Promise<void> {
    while (!(await isTaken(report))) {
      refused += 1;
      await pause(RETRY_MS);
    }
  }

  function post(number: number): void {
    const message = messageOf(number);
    const delivered = (latest.get(message) ?? Promise.resolve())
      .then(() => deliver(numberedPost(number)))
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
    get refused() {
      return refused;
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
