import type { GuardsConfig } from '../../config/guards.ts';
import type { CounterCharge } from '../../store/store.ts';
import { type GuardedCharge, HOUR_MS } from './guarded-charge.ts';

export interface Sender {
  readonly workspace: string;
  /** Null for callers without a name: they share one limit. */
  readonly subject: string | null;
}

const PREFIX_LESS_DIGITS = 4;

/** Counts recipients, not requests: arrays, aliases and repeats all come to the same. */
export function countRecipients(
  to: readonly string[],
  { workspace, subject }: Sender,
  limits: GuardsConfig,
): readonly GuardedCharge[] {
  const hourly = (kind: string, name: string, limit: number, amount: number): CounterCharge => ({
    key: guardKey(kind, workspace, name),
    windowMs: HOUR_MS,
    limit,
    amount,
  });
  return [
    ...to.map((recipient, index) => ({
      guard: 'recipient' as const,
      charge: hourly('recipient', recipient, limits.perRecipientPerHour, 1),
      refusal: (wait: string) =>
        `to[${index}] was sent to ${limits.perRecipientPerHour} times within the hour, as often as is allowed. Try again in ${wait}.`,
    })),
    ...Array.from(groupByPrefix(to), ([prefix, indexes]) => ({
      guard: 'prefix' as const,
      charge: hourly('prefix', prefix, limits.perPrefixPerHour, indexes.length),
      refusal: (wait: string) =>
        `The range of numbers that to[${indexes[0]}] is in may get ${limits.perPrefixPerHour} messages an hour. Try again in ${wait}.`,
    })),
    {
      guard: 'caller',
      charge: hourly('caller', subject ?? '', limits.perCallerPerHour, to.length),
      refusal: (wait) =>
        `A caller may send to ${limits.perCallerPerHour} recipients an hour. Try again in ${wait}.`,
    },
    {
      guard: 'workspace',
      charge: hourly('workspace', '', limits.perWorkspacePerHour, to.length),
      refusal: (wait) =>
        `The workspace may send to ${limits.perWorkspacePerHour} recipients an hour. Try again in ${wait}.`,
    },
  ];
}

/** JSON keeps the parts apart whatever is in them. */
export const guardKey = (kind: string, workspace: string, name: string): string =>
  JSON.stringify(['guard', kind, workspace, name]);

function groupByPrefix(to: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const indexes = new Map<string, number[]>();
  for (const [index, recipient] of to.entries()) {
    const prefix = recipient.slice(0, -PREFIX_LESS_DIGITS);
    indexes.set(prefix, [...(indexes.get(prefix) ?? []), index]);
  }
  return indexes;
}
