import type { LedgerEntry, SendLedger } from '../store.ts';
import type { Connection } from './connection.ts';
import { CLAIM, RECLAIM, SETTLE, TRIM_SENDS, UNRESOLVED } from './ledger-scripts.ts';
import type { StoreKeys } from './store-keys.ts';

type Claim = Omit<LedgerEntry, 'outcome'>;
/** The outcome is empty while the send is running. */
type StoredSend = readonly [claim: string, outcome: string];

const TRIM_BATCH = 1000;

export function createSendLedger(connection: Connection, keys: StoreKeys): SendLedger {
  const { openSends, sendsByAge } = keys;

  return {
    async claim(claim, outcome) {
      const sendKey = keys.send(claim.workspace, claim.idempotencyKey);
      const settled = outcome === undefined ? ['', ''] : [outcome.kind, JSON.stringify(outcome)];
      const fields = [...claimFields(claim), ...settled];
      const reply = await connection.run(CLAIM, [sendKey, openSends, sendsByAge], fields);
      const [isClaimed, ...stored] = reply as [number, ...StoredSend];
      return { kind: isClaimed === 1 ? 'CLAIMED' : 'EXISTS', entry: toEntry(stored) };
    },
    async settle(workspace, idempotencyKey, outcome, heldBy) {
      const sendKey = keys.send(workspace, idempotencyKey);
      const holder = [heldBy?.owner ?? '', heldBy?.claimedAtMs ?? ''];
      const fields = [outcome.kind, JSON.stringify(outcome), ...holder];
      const reply = await connection.run(SETTLE, [sendKey, openSends], fields);
      return reply === null ? null : toEntry(reply as StoredSend);
    },
    async reclaim(expected, next) {
      const sendKey = keys.send(expected.workspace, expected.idempotencyKey);
      const standing = [expected.owner, expected.claimedAtMs, expected.outcome?.kind ?? ''];
      const fields = [...standing, ...claimFields(next)];
      const isTaken = await connection.run(RECLAIM, [sendKey, openSends, sendsByAge], fields);
      return isTaken === 1 ? { ...next, outcome: null } : null;
    },
    async find(workspace, idempotencyKey) {
      const sendKey = keys.send(workspace, idempotencyKey);
      const [claim, outcome] = (await connection.command('HMGET', sendKey, 'claim', 'outcome')) as (
        | string
        | null
      )[];
      return claim == null ? null : toEntry([claim, outcome ?? '']);
    },
    async unresolved(nowMs, limit) {
      const reply = await connection.run(UNRESOLVED, [openSends], [nowMs, limit]);
      return (reply as StoredSend[]).map(toEntry);
    },
    async trim(olderThanMs) {
      let total = 0;
      for (let removed = TRIM_BATCH; removed === TRIM_BATCH; total += removed) {
        const reply = await connection.run(TRIM_SENDS, [openSends, sendsByAge], [olderThanMs, TRIM_BATCH]);
        removed = Number(reply);
      }
      return total;
    },
  };
}

const claimFields = (claim: Claim): readonly (string | number)[] => [
  JSON.stringify(claim),
  claim.owner,
  claim.claimedAtMs,
  claim.claimedUntilMs,
];

function toEntry([claim, outcome]: StoredSend): LedgerEntry {
  const stored: Claim = JSON.parse(claim);
  return { ...stored, outcome: outcome === '' ? null : JSON.parse(outcome) };
}
