import type { EnvReader } from './env-reader.ts';

export interface StoreConfig {
  /** `file:<folder>` (embedded) or `redis://…`; may hold a password. */
  readonly url: string;
  /** How long delivery reports are held. */
  readonly retentionMs: number;
}

const HOUR_MS = 3_600_000;

export function readStoreConfig(env: EnvReader): StoreConfig {
  const url = env.text('STORE_URL') ?? 'file:./data';
  if (!isStoreUrl(url)) env.problem('STORE_URL must be file:<folder>, redis://<host> or rediss://<host>.');
  return {
    url,
    retentionMs: env.integer('RETENTION_HOURS', { fallback: 72, min: 1, max: 24 * 365 }) * HOUR_MS,
  };
}

function isStoreUrl(text: string): boolean {
  if (text.startsWith('file:')) return text.length > 'file:'.length;
  return /^rediss?:\/\/[^/]/.test(text) && URL.canParse(text);
}
