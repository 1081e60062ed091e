import { LRUCache } from 'lru-cache';
import type { Clock } from '../../domain/clock.ts';
import type { Message, StatusNews } from '../../domain/message.ts';
import { isFinalStatus } from '../../domain/message-status.ts';
import { advanceStatus, statusRank } from '../../domain/status-progress.ts';

/**
 * Messages of one workspace by id. A final one is immutable and stays until it is evicted; any other is true for a moment only.
 * A status never goes back: an answer that was on its way when the report came does not undo it.
 */
export interface MessageCache {
  /** Undefined when it is not known, or not recently enough. */
  get(messageId: string): Message | undefined;
  /** As last heard of, however long ago. */
  lastKnown(messageId: string): Message | undefined;
  /** Takes in what the provider answered; returns the message as it now stands. */
  put(message: Message): Message;
  /** Takes in what is known of a message that was only just sent. */
  seed(message: Message): void;
  applyReport(news: StatusNews): void;
}

interface CachedMessage {
  readonly message: Message;
  /** False when parts of it are not known yet, so that even a final status does not make it immutable. */
  readonly isComplete: boolean;
  readonly freshUntilMs: number;
}

export interface MessageCacheParts {
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly maxMessages: number;
}

export function createMessageCache({ clock, ttlMs, maxMessages }: MessageCacheParts): MessageCache {
  const messages = new LRUCache<string, CachedMessage>({ max: maxMessages });

  function store(message: Message, isComplete: boolean): void {
    const isImmutable = isComplete && isFinalStatus(message.status);
    const freshUntilMs = isImmutable ? Number.POSITIVE_INFINITY : clock.now() + ttlMs;
    messages.set(message.messageId, { message, isComplete, freshUntilMs });
  }

  return {
    get(messageId) {
      const cached = messages.get(messageId);
      return cached !== undefined && cached.freshUntilMs > clock.now() ? cached.message : undefined;
    },
    lastKnown: (messageId) => messages.peek(messageId)?.message,
    put(message) {
      const known = messages.peek(message.messageId)?.message;
      const merged = known === undefined ? message : withLaterStatus(message, known);
      store(merged, true);
      return merged;
    },
    seed(message) {
      store(message, false);
    },
    applyReport({ messageId, status, rawStatus, statusCode, deliveredAt }) {
      const cached = messages.peek(messageId);
      if (cached === undefined || advanceStatus(cached.message.status, status) !== status) return;
      const message = { ...cached.message, status, rawStatus, statusCode, deliveredAt };
      store(message, cached.isComplete && message.cost !== null);
    },
  };
}

/** The newer answer, unless what is known is further along the way. */
function withLaterStatus(answer: Message, known: Message): Message {
  if (statusRank(known.status) <= statusRank(answer.status)) return answer;
  const { status, rawStatus, statusCode, deliveredAt } = known;
  return { ...answer, status, rawStatus, statusCode, deliveredAt };
}
