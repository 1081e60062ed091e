import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { EnvReader } from './env-reader.ts';
import { API_KEY_FORM, MAX_WEBHOOK_SECRET_LENGTH, type WorkspaceConfig } from './workspace-config.ts';

const webhookSecret = z
  .string('must be a text')
  .min(1, 'must not be empty')
  .max(MAX_WEBHOOK_SECRET_LENGTH, `must have at most ${MAX_WEBHOOK_SECRET_LENGTH} characters`);

const workspace = z.strictObject(
  {
    id: z
      .string('must be a text')
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'must be 1 to 64 letters, digits, "-" and "_"'),
    apiKey: z.string('must be a text').regex(API_KEY_FORM, 'must be printable ASCII without blanks'),
    apiSecret: z.string('must be a text').min(1, 'must not be empty').nullish(),
    webhookSecrets: z
      .array(webhookSecret, 'must be a list of texts')
      .min(1, 'must hold at least one secret: delivery reports without a signature are refused'),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has unknown members: ${issue.keys.join(', ')}`
        : 'must be an object',
  },
);
const workspaces = z.array(workspace, 'must be a list').min(1, 'must hold at least one workspace');

/** Reads the file that `WORKSPACES_FILE` names. What is wrong is told by entry and member, never by value. */
export function readWorkspacesFile(env: EnvReader, path: string): readonly WorkspaceConfig[] {
  const content = readJson(env, path);
  if (content === undefined) return [];
  const parsed = workspaces.safeParse(content);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) env.problem(`${describePlace(issue.path)} ${issue.message}.`);
    return [];
  }
  reportRepeats(env, parsed.data, 'id');
  reportRepeats(env, parsed.data, 'apiKey');
  return parsed.data.map((entry) => ({ ...entry, apiSecret: entry.apiSecret ?? null }));
}

function readJson(env: EnvReader, path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return void env.problem(`WORKSPACES_FILE names a file that cannot be read${code}.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    return void env.problem('WORKSPACES_FILE names a file that is not JSON.');
  }
}

/** `WORKSPACES_FILE: entry 2, webhookSecrets.0`: entries count from 0, as the index of the list does. */
function describePlace([index, ...members]: readonly PropertyKey[]): string {
  if (index === undefined) return 'WORKSPACES_FILE: the file';
  const member = members.length === 0 ? '' : `, ${members.map(String).join('.')}`;
  return `WORKSPACES_FILE: entry ${String(index)}${member}`;
}

function reportRepeats(
  env: EnvReader,
  entries: readonly z.infer<typeof workspace>[],
  member: 'id' | 'apiKey',
) {
  const firstIndexes = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const first = firstIndexes.get(entry[member]);
    if (first === undefined) firstIndexes.set(entry[member], index);
    else env.problem(`WORKSPACES_FILE: entry ${index}, ${member} repeats that of entry ${first}.`);
  }
}
