import { type Decimal, parseDecimal } from '../domain/decimal.ts';
import { GUARD_MODES, type GuardMode } from '../domain/guard.ts';
import type { EnvReader } from './env-reader.ts';

/** What stands between a stolen token and the account's money. Counts are of recipients, not of requests. */
export interface GuardsConfig {
  readonly mode: GuardMode;
  readonly perRecipientPerHour: number;
  /** A prefix is a number less its last four digits. */
  readonly perPrefixPerHour: number;
  readonly perCallerPerHour: number;
  readonly perWorkspacePerHour: number;
  /** ISO 3166-1 alpha-2; null allows every country. */
  readonly countries: ReadonlySet<string> | null;
  /** In the account's currency; null sets no cap. */
  readonly spendPerHour: Decimal | null;
  readonly spendPerDay: Decimal | null;
  /** Numbers that follow one another, sent to by one workspace within an hour. */
  readonly sequentialRun: number;
}

export function readGuardsConfig(env: EnvReader, isSandbox: boolean): GuardsConfig {
  const count = (name: string, fallback: number) => env.integer(name, { fallback, min: 1 });
  return {
    mode: env.oneOf('GUARDS', GUARD_MODES, isSandbox ? 'monitor' : 'enforce'),
    perRecipientPerHour: count('GUARD_RECIPIENT_PER_HOUR', 10),
    perPrefixPerHour: count('GUARD_PREFIX_PER_HOUR', 100),
    perCallerPerHour: count('GUARD_CALLER_PER_HOUR', 5000),
    perWorkspacePerHour: count('GUARD_WORKSPACE_PER_HOUR', 50_000),
    countries: readCountries(env),
    spendPerHour: readAmount(env, 'GUARD_SPEND_PER_HOUR'),
    spendPerDay: readAmount(env, 'GUARD_SPEND_PER_DAY'),
    sequentialRun: env.integer('GUARD_SEQUENTIAL_RUN', { fallback: 20, min: 2 }),
  };
}

function readCountries(env: EnvReader): ReadonlySet<string> | null {
  const countries = env.list('GUARD_COUNTRIES').map((country) => country.toUpperCase());
  if (countries.some((country) => !/^[A-Z]{2}$/.test(country)))
    env.problem('GUARD_COUNTRIES must be two-letter country codes, comma-separated: GB,DE,FR.');
  return countries.length === 0 ? null : new Set(countries);
}

function readAmount(env: EnvReader, name: string): Decimal | null {
  const text = env.text(name);
  if (text === null) return null;
  const amount = /^\d{1,12}(\.\d{1,6})?$/.test(text) ? parseDecimal(text) : null;
  if (amount === null)
    env.problem(`${name} must be an amount in the account's currency, such as 25 or 12.50.`);
  return amount;
}
