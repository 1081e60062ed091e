import type { ClaimHolder, LedgerEntry, SendLedger, SendOutcome } from '../store.ts';
import type { Environment, Tables } from './environment.ts';
import { keyPart } from './key-part.ts';

type SendKey = [workspace: string, idempotencyKey: string];

const TRIM_BATCH = 1000;

export function createSendLedger({ tables, write, read }: Environment): SendLedger {
  const { sends } = tables;

  return {
    claim: (claim, outcome) =>
      write(() => {
        const key = sendKey(claim.workspace, claim.idempotencyKey);
        const existing = sends.get(key);
        if (existing !== undefined) return { kind: 'EXISTS', entry: existing };
        const entry = { ...claim, outcome: outcome ?? null };
        putEntry(tables, key, entry);
        return { kind: 'CLAIMED', entry };
      }),
    settle: (workspace, idempotencyKey, outcome, heldBy) =>
      write(() => {
        const key = sendKey(workspace, idempotencyKey);
        const existing = sends.get(key);
        if (existing === undefined) return null;
        if (!mayChange(existing.outcome) || !isHeldBy(existing, heldBy ?? existing)) return existing;
        const entry = { ...existing, outcome };
        putEntry(tables, key, entry);
        return entry;
      }),
    reclaim: (expected, next) =>
      write(() => {
        const key = sendKey(expected.workspace, expected.idempotencyKey);
        const existing = sends.get(key);
        if (existing === undefined || !isUntouched(existing, expected)) return null;
        removeEntry(tables, key, existing);
        const entry = { ...next, outcome: null };
        putEntry(tables, key, entry);
        return entry;
      }),
    find: (workspace, idempotencyKey) => read(() => sends.get(sendKey(workspace, idempotencyKey)) ?? null),
    unresolved: (nowMs, limit) => read(() => findUnresolved(tables, nowMs, limit)),
    trim: (olderThanMs) => trimSends({ tables, write }, olderThanMs),
  };
}

const sendKey = (workspace: string, idempotencyKey: string): SendKey => [
  keyPart(workspace),
  keyPart(idempotencyKey),
];

/** Open: still running, or its truth unknown. Everything else is settled for good. */
const mayChange = (outcome: SendOutcome | null): boolean => outcome === null || outcome.kind === 'UNKNOWN';

const isHeldBy = (existing: LedgerEntry, { owner, claimedAtMs }: ClaimHolder): boolean =>
  existing.owner === owner && existing.claimedAtMs === claimedAtMs;

/** Nobody claimed or settled it since it was read, and its outcome is one that allows a new attempt. */
const isUntouched = (existing: LedgerEntry, expected: LedgerEntry): boolean =>
  isHeldBy(existing, expected) &&
  existing.outcome?.kind === expected.outcome?.kind &&
  (existing.outcome === null || existing.outcome.kind === 'NOT_SENT');

function putEntry(tables: Tables, key: SendKey, entry: LedgerEntry): void {
  const indexKey: [number, string, string] = [entry.claimedAtMs, ...key];
  tables.sends.put(key, entry);
  tables.sendsByAge.put(indexKey, key);
  if (mayChange(entry.outcome)) tables.openSends.put(indexKey, key);
  else tables.openSends.remove(indexKey);
}

function removeEntry(tables: Tables, key: SendKey, entry: LedgerEntry): void {
  const indexKey: [number, string, string] = [entry.claimedAtMs, ...key];
  tables.sends.remove(key);
  tables.sendsByAge.remove(indexKey);
  tables.openSends.remove(indexKey);
}

function findUnresolved(tables: Tables, nowMs: number, limit: number): readonly LedgerEntry[] {
  const found: LedgerEntry[] = [];
  for (const { value: key } of tables.openSends.getRange()) {
    if (found.length === limit) break;
    const entry = tables.sends.get(key);
    const isRunning = entry?.outcome === null && entry.claimedUntilMs >= nowMs;
    if (entry !== undefined && !isRunning) found.push(entry);
  }
  return found;
}

async function trimSends(
  { tables, write }: Pick<Environment, 'tables' | 'write'>,
  olderThanMs: number,
): Promise<number> {
  const removeBatch = () => {
    const old = Array.from(tables.sendsByAge.getRange({ end: [olderThanMs], limit: TRIM_BATCH }));
    for (const { value: key } of old) {
      const entry = tables.sends.get(key);
      if (entry !== undefined) removeEntry(tables, key, entry);
    }
    return old.length;
  };

  let total = 0;
  for (let removed = TRIM_BATCH; removed === TRIM_BATCH; total += removed) {
    removed = await write(removeBatch);
  }
  return total;
}
