import type { PendingWork } from '../../domain/pending-work.ts';
import type { OperationOutcome, PreparedOperation, Refusal } from '../engine/operation-runner.ts';
import { type EncodedEvent, StreamError } from '../engine/result-encoder.ts';
import type { SocketLink } from './socket-link.ts';

export interface FramePumpOptions {
  /** The client's id of the operation. */
  readonly id: string;
  readonly prepare: () => PreparedOperation | Refusal;
  readonly link: SocketLink;
  /** Remembers queries and mutations while they run. */
  readonly calls: PendingWork;
  /** Tells the operation that nobody waits for it any more. */
  readonly hangUp: AbortController;
}

/** To graphql-ws a stream of results that yields none. */
export type FramePump = AsyncIterableIterator<never>;

/**
 * Runs an operation and writes its `next` frames itself, from bodies that are encoded once for all sockets. graphql-ws
 * sends `complete` when this ends, `error` when it throws, and calls `return()` when the client completes or is gone.
 */
export function createFramePump({ id, link, hangUp, ...options }: FramePumpOptions): FramePump {
  const head = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
  const headBytes = Buffer.from(head);
  const ended = { value: undefined, done: true as const };
  let events: AsyncIterableIterator<EncodedEvent> | null = null;
  let isOver = false;

  async function pump(): Promise<void> {
    const outcome = await start(options);
    if (outcome.kind === 'refusal') throw new StreamError(outcome.errors);
    if (outcome.kind === 'result')
      return isOver ? undefined : void (await link.sendAnswer(`${head}${outcome.body}}`));
    events = outcome.events;
    if (isOver) return void (await events.return?.());
    for (let step = await events.next(); !step.done && !isOver; step = await events.next()) {
      const room = link.sendEvent(headBytes, step.value.bytes);
      if (room !== undefined) await room;
    }
  }

  return {
    async next() {
      await pump();
      return ended;
    },
    async return() {
      isOver = true;
      hangUp.abort();
      await events?.return?.();
      return ended;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function start({
  prepare,
  calls,
}: Pick<FramePumpOptions, 'prepare' | 'calls'>): Promise<OperationOutcome> {
  const operation = prepare();
  if (operation.kind === 'refusal') return operation;
  return operation.type === 'subscription' ? operation.run() : calls.track(operation.run());
}
