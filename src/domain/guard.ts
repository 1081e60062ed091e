/** The guards that stand before every send. Their names appear in errors, metrics and settings. */
export const GUARDS = [
  'recipient',
  'prefix',
  'caller',
  'workspace',
  'country',
  'hourly_spend',
  'daily_spend',
  'sequence',
] as const;
export type Guard = (typeof GUARDS)[number];

/** `monitor` counts and reports what it would refuse, but lets it through. */
export const GUARD_MODES = ['off', 'monitor', 'enforce'] as const;
export type GuardMode = (typeof GUARD_MODES)[number];
