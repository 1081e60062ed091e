import type { Clock } from '../../domain/clock.ts';
import type {
  Batches,
  LedgerEntry,
  SendAttempt,
  SendClaim,
  SendLedger,
  SendOutcome,
} from '../send-ledger.ts';
import type { Environment, StoredSend, Tables } from './environment.ts';
import { AFTER_ALL_PARTS, keyPart } from './key-part.ts';

type SendKey = [workspace: string, idempotencyKey: string];

const TRIM_BATCH = 1000;

export function createSendLedger({ tables, write, read }: Environment, clock: Clock): SendLedger {
  const { sends } = tables;
  const toEntry = ({ dueAtMs: _dueAtMs, ...stored }: StoredSend): LedgerEntry => ({
    ...stored,
    readAtMs: clock.now(),
  });

  const start = (claim: SendClaim, holdMs: number): StoredSend => {
    const nowMs = clock.now();
    const claimedUntilMs = nowMs + holdMs;
    const { workspace, idempotencyKey, fingerprint, owner } = claim;
    return {
      ...{ workspace, idempotencyKey, fingerprint, owner, claimedAtMs: nowMs, claimedUntilMs },
      ...{ signedAttempt: null, looks: 0, dueAtMs: claimedUntilMs, outcome: null },
    };
  };
  /** Runs the change on what stands under the key of the attempt. */
  const change = <Result>(
    { workspace, idempotencyKey }: Pick<SendAttempt, 'workspace' | 'idempotencyKey'>,
    run: (key: SendKey, existing: StoredSend | undefined) => Result,
  ): Promise<Result> =>
    write(() => {
      const key = sendKey(workspace, idempotencyKey);
      return run(key, sends.get(key));
    });
  const replace = (key: SendKey, existing: StoredSend | undefined, next: StoredSend): LedgerEntry => {
    if (existing !== undefined) removeSend(tables, key, existing);
    putSend(tables, key, next);
    return toEntry(next);
  };

  return {
    claim: (claim, holdMs) =>
      change(claim, (key, existing) =>
        existing === undefined
          ? { kind: 'CLAIMED', entry: replace(key, existing, start(claim, holdMs)) }
          : { kind: 'EXISTS', entry: toEntry(existing) },
      ),
    async confirm(attempt, withinMs, signedAttempt) {
      const isStanding = (existing: StoredSend | undefined): existing is StoredSend =>
        existing?.owner === attempt.owner &&
        existing.outcome === null &&
        clock.now() - existing.claimedAtMs < withinMs;
      if (signedAttempt === null)
        return read(() => isStanding(sends.get(sendKey(attempt.workspace, attempt.idempotencyKey))));
      return change(attempt, (key, existing) => {
        if (!isStanding(existing)) return false;
        replace(key, existing, { ...existing, signedAttempt });
        return true;
      });
    },
    settle: (attempt, outcome) =>
      change(attempt, (key, existing) => {
        if (existing === undefined) return null;
        if (!mayBecome(existing, attempt, outcome)) return toEntry(existing);
        const dueAtMs = isOpen(outcome) ? clock.now() : existing.dueAtMs;
        return replace(key, existing, { ...existing, outcome, dueAtMs });
      }),
    reclaim: (expected, next, holdMs) =>
      change(expected, (key, existing) =>
        existing !== undefined && isUntouched(existing, expected)
          ? replace(key, existing, start(next, holdMs))
          : null,
      ),
    find: (workspace, idempotencyKey) =>
      read(() => {
        const stored = sends.get(sendKey(workspace, idempotencyKey));
        return stored === undefined ? null : toEntry(stored);
      }),
    due: (limit) =>
      read(() =>
        Array.from(tables.openSends.getRange({ end: [clock.now() + 1], limit }), ({ value }) =>
          sends.get(value),
        )
          .filter((stored) => stored !== undefined)
          .map(toEntry),
      ),
    postpone: (attempt, delayMs) =>
      change(attempt, (key, existing) => {
        if (existing === undefined || existing.owner !== attempt.owner || !isOpen(existing.outcome)) return;
        replace(key, existing, {
          ...existing,
          looks: existing.looks + 1,
          dueAtMs: clock.now() + delayMs,
        });
      }),
    rivals: ({ workspace, idempotencyKey, fingerprint }) =>
      read(() => {
        const text = [keyPart(workspace), keyPart(fingerprint.textHash)] as const;
        const range = tables.openByText.getRange({ start: [...text, ''], end: [...text, AFTER_ALL_PARTS] });
        return Array.from(range, ({ value }) => sends.get(value))
          .filter((stored) => stored !== undefined)
          .filter((stored) => stored.idempotencyKey !== idempotencyKey)
          .map(toEntry);
      }),
    trim: (maxAgeMs) => trimSends({ tables, write }, clock.now() - maxAgeMs),
  };
}

const sendKey = (workspace: string, idempotencyKey: string): SendKey => [
  keyPart(workspace),
  keyPart(idempotencyKey),
];

/** Still running, or its truth unknown. */
const isUnsettled = (outcome: SendOutcome | null): boolean => outcome === null || outcome.kind === 'UNKNOWN';

/** Its truth is to be looked for: all of it, or the part that is missing. */
const isOpen = (outcome: SendOutcome | null): boolean =>
  isUnsettled(outcome) || (outcome?.kind === 'SENT' && outcome.isPartial === true);

/** That it was sent is a fact, whichever attempt stands; everything else holds for the attempt that it is about. */
function mayBecome({ outcome, ...existing }: StoredSend, { owner }: SendAttempt, next: SendOutcome): boolean {
  if (next.kind === 'SENT') return outcome?.kind !== 'SENT' || isOpen(outcome);
  return existing.owner === owner && isUnsettled(outcome);
}

/** Not claimed or settled since it was read, and its outcome is one that allows a new attempt. */
const isUntouched = (existing: StoredSend, expected: LedgerEntry): boolean =>
  existing.owner === expected.owner &&
  existing.outcome?.kind === expected.outcome?.kind &&
  (existing.outcome === null || existing.outcome.kind === 'NOT_SENT');

const textKey = ({ fingerprint }: StoredSend, [workspace, key]: SendKey): [string, string, string] => [
  workspace,
  keyPart(fingerprint.textHash),
  key,
];

function putSend(tables: Tables, key: SendKey, stored: StoredSend): void {
  tables.sends.put(key, stored);
  tables.sendsByAge.put([stored.claimedAtMs, ...key], key);
  if (!isOpen(stored.outcome)) return;
  tables.openSends.put([stored.dueAtMs, ...key], key);
  if (isUnsettled(stored.outcome)) tables.openByText.put(textKey(stored, key), key);
}

function removeSend(tables: Tables, key: SendKey, stored: StoredSend): void {
  tables.sends.remove(key);
  tables.sendsByAge.remove([stored.claimedAtMs, ...key]);
  // What an earlier version wrote was listed by the time of its claim.
  tables.openSends.remove([stored.dueAtMs ?? stored.claimedAtMs, ...key]);
  tables.openByText.remove(textKey(stored, key));
}

async function trimSends(
  { tables, write }: Pick<Environment, 'tables' | 'write'>,
  olderThanMs: number,
): Promise<number> {
  const removeBatch = () => {
    const old = Array.from(tables.sendsByAge.getRange({ end: [olderThanMs], limit: TRIM_BATCH }));
    for (const { value: key } of old) {
      const stored = tables.sends.get(key);
      if (stored !== undefined) removeSend(tables, key, stored);
    }
    // Batches are as old as their sends, or a little younger.
    const batches = Array.from(tables.batchesByAge.getRange({ end: [olderThanMs], limit: TRIM_BATCH }));
    for (const { key, value } of batches) {
      tables.batchesByAge.remove(key);
      tables.batches.remove(value);
    }
    return { sends: old.length, isMore: Math.max(old.length, batches.length) === TRIM_BATCH };
  };

  let total = 0;
  for (let isMore = true; isMore; ) {
    const removed = await write(removeBatch);
    total += removed.sends;
    isMore = removed.isMore;
  }
  return total;
}

export function createBatches({ tables, write, read }: Environment, clock: Clock): Batches {
  const { batches, batchesByAge } = tables;
  return {
    hold: (workspace, stamp, idempotencyKey) =>
      write(() => {
        const key = sendKey(workspace, stamp);
        const holder = batches.get(key);
        if (holder !== undefined) return holder === idempotencyKey;
        batches.put(key, idempotencyKey);
        batchesByAge.put([clock.now(), ...key], key);
        return true;
      }),
    holder: (workspace, stamp) => read(() => batches.get(sendKey(workspace, stamp)) ?? null),
  };
}
