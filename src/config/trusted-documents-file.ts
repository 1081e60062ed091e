import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { EnvReader } from './env-reader.ts';

const manifest = z.record(z.string().min(1), z.string().min(1));

/** The manifest that `TRUSTED_DOCUMENTS` names: JSON, document id → document. Null when none is set. */
export function readTrustedDocuments(env: EnvReader): ReadonlyMap<string, string> | null {
  const path = env.text('TRUSTED_DOCUMENTS');
  if (path === null) return null;
  try {
    const parsed = manifest.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (parsed.success) return new Map(Object.entries(parsed.data));
  } catch {
    // reported below: unreadable and unparsable are mended in the same place
  }
  env.problem(
    'TRUSTED_DOCUMENTS must name a readable JSON file of the form {"<document id>": "<document>"}.',
  );
  return null;
}
