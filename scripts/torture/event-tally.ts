import { messageOf, STEPS, stepOf } from './numbered-post.ts';

/** What the subscribers of one feed saw, all of them together. */
export interface EventTally {
  /** Different reports that a client has seen. */
  seenBy(client: number): number;
  take(client: number, number: number, cursor: string): void;
  readonly events: number;
  /** Events a client had seen before, under the same cursor. */
  readonly duplicates: number;
  /** An event under another cursor than the one that it was first seen under, by whichever client. */
  readonly otherCursors: number;
  /** First sights of a report that came before an earlier one of the same message, or after a later one. */
  readonly outOfOrder: number;
}

/** @param bound all numbers of reports are below */
export function createEventTally(clients: number, bound: number): EventTally {
  const seen = Array.from({ length: clients }, () => new Uint8Array(bound));
  const stepsSeen = Array.from({ length: clients }, () => new Uint8Array(messageOf(bound)));
  const seenCounts = new Uint32Array(clients);
  const cursors: string[] = [];
  let events = 0;
  let duplicates = 0;
  let otherCursors = 0;
  let outOfOrder = 0;

  function noteFirst(client: number, number: number): void {
    const steps = stepsSeen[client];
    const message = messageOf(number);
    if (steps === undefined) throw new RangeError(`There is no client ${client}.`);
    if (steps[message] !== stepOf(number)) outOfOrder += 1;
    steps[message] = Math.min(stepOf(number) + 1, STEPS.length);
    seenCounts[client] = (seenCounts[client] ?? 0) + 1;
  }

  return {
    seenBy: (client) => seenCounts[client] ?? 0,
    take(client, number, cursor) {
      const mine = seen[client];
      if (mine === undefined || number >= mine.length) throw new RangeError(`Unknown report ${number}.`);
      events += 1;
      cursors[number] ??= cursor;
      if (cursors[number] !== cursor) otherCursors += 1;
      if (mine[number] === 1) {
        duplicates += 1;
        return;
      }
      mine[number] = 1;
      noteFirst(client, number);
    },
    get events() {
      return events;
    },
    get duplicates() {
      return duplicates;
    },
    get otherCursors() {
      return otherCursors;
    },
    get outOfOrder() {
      return outOfOrder;
    },
  };
}
