import { type DeadLetters, MAX_DEAD_LETTERS } from '../store.ts';
import type { Environment } from './environment.ts';

export function createDeadLetters({ tables, write, read }: Environment): DeadLetters {
  const { deadLetters } = tables;

  return {
    add: ({ workspace, receivedAtMs, reason, body }) =>
      write(() => {
        const [newest = 0] = deadLetters.getKeys({ reverse: true, limit: 1 });
        deadLetters.put(newest + 1, { workspace, receivedAtMs, reason, body });
        deadLetters.remove(newest + 1 - MAX_DEAD_LETTERS);
      }),
    list: (limit) =>
      read(() => Array.from(deadLetters.getRange({ reverse: true, limit }), ({ value }) => value)),
  };
}
