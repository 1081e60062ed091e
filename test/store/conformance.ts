import { describe } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { describeCounters } from './conformance/counters.ts';
import { describeDeadLetters } from './conformance/dead-letters.ts';
import { describeEventLog } from './conformance/event-log.ts';
import { describeEventLogTail } from './conformance/event-log-tail.ts';
import { describeEventLogTrim } from './conformance/event-log-trim.ts';
import { describeLeases } from './conformance/leases.ts';
import { describeSendLedger } from './conformance/send-ledger.ts';
import { describeStoreLife } from './conformance/store-life.ts';
import { describeWatchList } from './conformance/watch-list.ts';

/** A store that a test has for itself, empty at first. */
export interface StoreUnderTest {
  readonly store: Store;
  /** Stores on the same data, used at the same time: other replicas where there may be some, else the same one. */
  clients(count: number): Promise<readonly Store[]>;
  /** Closes the store and opens it again on the same data. */
  reopen(): Promise<Store>;
  /** Lets the engine's own time pass. */
  elapse(ms: number): Promise<void>;
  /** All that the engine wrote to the disk. */
  readDisk(): Promise<Buffer>;
  dispose(): Promise<void>;
}

export type OpenStoreUnderTest = () => Promise<StoreUnderTest>;

/** What every engine must do, sentence by sentence of the contract. */
export function describeStore(engine: string, open: OpenStoreUnderTest): void {
  describe(engine, () => {
    describeStoreLife(open);
    describeEventLog(open);
    describeEventLogTail(open);
    describeEventLogTrim(open);
    describeSendLedger(open);
    describeWatchList(open);
    describeLeases(open);
    describeCounters(open);
    describeDeadLetters(open);
  });
}
