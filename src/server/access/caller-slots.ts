import type { IncomingMessage } from 'node:http';
import type { Viewer } from '../../domain/viewer.ts';

/** Counts what one caller holds open at a time. */
export interface CallerSlots {
  /** @returns gives the slot back, any number of times; null when the caller holds as many as it may */
  take(caller: string): (() => void) | null;
}

export function createCallerSlots(maxPerCaller: number): CallerSlots {
  const held = new Map<string, number>();
  return {
    take(caller) {
      const count = held.get(caller) ?? 0;
      if (count >= maxPerCaller) return null;
      held.set(caller, count + 1);
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        const left = (held.get(caller) ?? 1) - 1;
        if (left === 0) held.delete(caller);
        else held.set(caller, left);
      };
    },
  };
}

/** The token's subject within its workspace; the address of a caller without one. */
export const callerKey = ({ subject, workspace }: Viewer, { socket }: IncomingMessage): string =>
  subject === null ? `address ${socket.remoteAddress ?? ''}` : `subject ${workspace} ${subject}`;
