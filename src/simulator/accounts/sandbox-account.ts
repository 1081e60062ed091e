import type { SimulatorAccount } from './simulator-account.ts';

/** The account that is there when no other is asked for: everything permitted, a month of history. */
export const SANDBOX_ACCOUNT = {
  id: 'default',
  userId: 42,
  currency: 'EUR',
  balance: '1250.50',
  keys: [
    { key: 'sk_prod_simulator', permissions: ['*'] },
    { key: 'sk_test_simulator', permissions: ['*'] },
  ],
  history: { days: 30, messages: 1_200, campaignMessages: 300 },
} as const satisfies SimulatorAccount;

/** The live key of the sandbox account. */
export const SANDBOX_API_KEY = SANDBOX_ACCOUNT.keys[0].key;
