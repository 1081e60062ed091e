import type { Batches, LedgerEntry, SendClaim, SendLedger, SendOutcome } from '../send-ledger.ts';
import type { Connection } from './connection.ts';
import {
  CLAIM,
  CONFIRM,
  DUE,
  FIND,
  HOLD_BATCH,
  POSTPONE,
  RECLAIM,
  RIVALS,
  SETTLE,
  TRIM_SENDS,
} from './ledger-scripts.ts';
import { decodeClaim, decodeOutcome, encodeClaim, encodeOutcome } from './send-codec.ts';
import type { StoreKeys } from './store-keys.ts';

/** A send as the scripts answer it. */
type StoredSend = readonly [
  claim: string,
  owner: string,
  at: string,
  until: string,
  signed: string | null,
  looks: string | null,
  outcome: string,
  readAt: string,
];

const TRIM_BATCH = 1000;

export function createSendLedger(connection: Connection, keys: StoreKeys): SendLedger {
  const { openSends, sendsByAge } = keys;
  const keyOf = ({ workspace, idempotencyKey }: Pick<SendClaim, 'workspace' | 'idempotencyKey'>) =>
    keys.send(workspace, idempotencyKey);
  const textKeyOf = ({ workspace, fingerprint }: Pick<SendClaim, 'workspace' | 'fingerprint'>) =>
    keys.openByText(workspace, fingerprint.textHash);

  return {
    async claim(claim, holdMs) {
      const tables = [keyOf(claim), openSends, sendsByAge, textKeyOf(claim)];
      const reply = await connection.write(CLAIM, tables, [encodeClaim(claim), claim.owner, holdMs]);
      const [isClaimed, stored] = reply as [number, StoredSend];
      return { kind: isClaimed === 1 ? 'CLAIMED' : 'EXISTS', entry: toEntry(stored) };
    },
    async confirm(attempt, withinMs, signedAttempt) {
      const signed = signedAttempt === null ? '' : JSON.stringify(signedAttempt);
      // Only a look when there is nothing to keep: replicas need not confirm it.
      const run = signedAttempt === null ? connection.run : connection.write;
      return (await run(CONFIRM, [keyOf(attempt)], [attempt.owner, withinMs, signed])) === 1;
    },
    async settle(attempt, outcome) {
      const tables = [keyOf(attempt), openSends, textKeyOf(attempt)];
      const fields = [attempt.owner, kindOf(outcome), encodeOutcome(outcome)];
      const reply = await connection.write(SETTLE, tables, fields);
      return reply === null ? null : toEntry(reply as StoredSend);
    },
    async reclaim(expected, next, holdMs) {
      const tables = [keyOf(expected), openSends, sendsByAge, textKeyOf(next)];
      const standing = [expected.owner, expected.outcome === null ? '' : kindOf(expected.outcome)];
      const fields = [...standing, encodeClaim(next), next.owner, holdMs];
      const reply = await connection.write(RECLAIM, tables, fields);
      return reply === null ? null : toEntry(reply as StoredSend);
    },
    async find(workspace, idempotencyKey) {
      const reply = await connection.run(FIND, [keys.send(workspace, idempotencyKey)]);
      return reply === null ? null : toEntry(reply as StoredSend);
    },
    async due(limit) {
      return ((await connection.run(DUE, [openSends], [limit])) as StoredSend[]).map(toEntry);
    },
    async postpone(attempt, delayMs) {
      await connection.write(POSTPONE, [keyOf(attempt), openSends], [attempt.owner, delayMs]);
    },
    async rivals(entry) {
      const reply = await connection.run(RIVALS, [textKeyOf(entry), keyOf(entry)]);
      return (reply as StoredSend[]).map(toEntry);
    },
    async trim(maxAgeMs) {
      let total = 0;
      for (let removed = TRIM_BATCH; removed === TRIM_BATCH; total += removed) {
        const reply = await connection.write(TRIM_SENDS, [openSends, sendsByAge], [maxAgeMs, TRIM_BATCH]);
        removed = Number(reply);
      }
      return total;
    },
  };
}

const kindOf = (outcome: SendOutcome): string =>
  outcome.kind === 'SENT' && outcome.isPartial === true ? 'SENT_IN_PART' : outcome.kind;

function toEntry([claim, owner, at, until, signed, looks, outcome, readAt]: StoredSend): LedgerEntry {
  return {
    ...decodeClaim(claim),
    owner,
    claimedAtMs: Number(at),
    claimedUntilMs: Number(until),
    readAtMs: Number(readAt),
    signedAttempt: signed ? JSON.parse(signed) : null,
    looks: Number(looks ?? 0),
    outcome: decodeOutcome(outcome),
  };
}

/** @param keptMs how long a batch is remembered: as long as its send */
export const createBatches = (connection: Connection, keys: StoreKeys, keptMs: number): Batches => ({
  async hold(workspace, stamp, idempotencyKey) {
    const holder = await connection.write(
      HOLD_BATCH,
      [keys.batch(workspace, stamp)],
      [idempotencyKey, keptMs],
    );
    return holder === idempotencyKey;
  },
  async holder(workspace, stamp) {
    return (await connection.command('GET', keys.batch(workspace, stamp))) as string | null;
  },
});
