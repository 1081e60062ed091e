import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' | 'version' | 'check-config' | 'print-schema' | 'dead-letters' }
  | { readonly kind: 'start'; readonly port: string | null; readonly seed: number | null }
  /** The simulator has options of its own, and reads them itself. */
  | { readonly kind: 'simulator'; readonly argv: readonly string[] }
  | { readonly kind: 'mistake'; readonly sentence: string };

export const HELP = `The GraphQL gateway for SMS.

Usage: sms-graphql-gateway [options]

Without options it starts: as a sandbox when neither SMS_API_KEY nor WORKSPACES_FILE is set, else
against the provider. Settings come from the environment and from .env; .env.example explains each.

  --port <number>   listen on this port instead of PORT (0 takes a free one)
  --check-config    read all settings, say what is wrong with them, and end
  --print-schema    print the GraphQL schema, and end
  --dead-letters    print the signed delivery reports that could not be read, one JSON object a
                    line, the newest first, and end; a store in a folder must not be in use
  --seed <number>   seed of the sandbox: the same seed invents the same history
  --simulator       run the provider's simulator alone, without the gateway; it takes --port,
                    --seed, --webhook-url and --webhook-secret
  --help            print this text
  --version         print the version
`;

/** @param argv without the names of Node and of the script */
export function parseCommand(argv: readonly string[]): Command {
  if (argv.includes('--simulator') && !argv.includes('--help')) return { kind: 'simulator', argv };
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string' },
        seed: { type: 'string' },
        simulator: { type: 'boolean' },
        'check-config': { type: 'boolean' },
        'print-schema': { type: 'boolean' },
        'dead-letters': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
    if (values.help) return { kind: 'help' };
    if (values.version) return { kind: 'version' };
    if (values['check-config']) return { kind: 'check-config' };
    if (values['print-schema']) return { kind: 'print-schema' };
    if (values['dead-letters']) return { kind: 'dead-letters' };
    if (values.seed !== undefined && !/^\d{1,9}$/.test(values.seed))
      return { kind: 'mistake', sentence: '--seed must be a whole number.' };
    return {
      kind: 'start',
      port: values.port ?? null,
      seed: values.seed === undefined ? null : Number(values.seed),
    };
  } catch (error) {
    return { kind: 'mistake', sentence: firstSentence(error) };
  }
}

/** parseArgs goes on with advice about `--` that helps nobody here. */
const firstSentence = (error: unknown): string =>
  `${(error instanceof Error ? error.message : String(error)).split(/\. |\n/)[0]?.replace(/\.$/, '')}.`;
