import { noWebhooks, type WorkspaceWebhooks } from '../delivery/workspace-webhooks.ts';
import { type Micros, parseMicros } from '../formats/money.ts';
import { createMessageJournal, type MessageJournal, SANDBOX_RETENTION } from '../messages/message-journal.ts';
import { type AccountCondition, HEALTHY_CONDITION, type SimulatorAccount } from './simulator-account.ts';

export interface AccountState {
  readonly id: string;
  readonly userId: number;
  readonly currency: string;
  /** When the simulation of this account began; prices and payments are dated from it. */
  readonly openedAtMs: number;
  condition: AccountCondition;
  balance: Micros;
  balanceChangedAtMs: number;
}

/** What belongs to a workspace: its messages, those of its sandbox keys, its webhooks. */
export interface WorkspaceState extends WorkspaceWebhooks {
  readonly account: AccountState;
  readonly live: MessageJournal;
  readonly sandbox: MessageJournal;
}

const FIRST_USER_ID = 42;

export function openAccount(config: SimulatorAccount, index: number, nowMs: number): AccountState {
  const condition = { ...HEALTHY_CONDITION, ...conditionOf(config) };
  return {
    id: config.id,
    userId: config.userId ?? FIRST_USER_ID + index,
    currency: config.currency ?? 'EUR',
    openedAtMs: nowMs,
    condition,
    balance: parseMicros(condition.balance),
    balanceChangedAtMs: nowMs,
  };
}

function conditionOf(config: SimulatorAccount): Partial<AccountCondition> {
  const { id: _id, userId: _userId, currency: _currency, keys: _keys, ...rest } = config;
  const { webhook: _webhook, history: _history, ...condition } = rest;
  return condition;
}

/** Switches an account into another condition; what is not named stays. */
export function changeCondition(
  account: AccountState,
  change: Partial<AccountCondition>,
  nowMs: number,
): void {
  account.condition = { ...account.condition, ...change };
  if (change.balance !== undefined) setBalance(account, parseMicros(change.balance), nowMs);
}

export function setBalance(account: AccountState, balance: Micros, nowMs: number): void {
  account.balance = balance;
  account.balanceChangedAtMs = nowMs;
}

export const openWorkspace = (id: string, account: AccountState, now: () => number): WorkspaceState => ({
  id,
  account,
  live: createMessageJournal(now),
  sandbox: createMessageJournal(now, SANDBOX_RETENTION),
  webhooks: noWebhooks(),
  webhookLog: [],
});
