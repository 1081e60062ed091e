import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fanOut } from './rows/fan-out.ts';
import { scattered, together } from './rows/ids.ts';
import { lanes } from './rows/lanes.ts';
import { callers, hot, inline, memory, unique } from './rows/reads.ts';
import { store } from './rows/store.ts';
import { ROOT } from './support/processes.ts';
import type { BenchOptions } from './support/world.ts';

interface Row {
  /** What happens in it, for the one who reads its numbers. */
  readonly title: string;
  readonly run: (options: BenchOptions) => Promise<void>;
}

const ROWS: Readonly<Record<string, Row>> = {
  hot: { title: 'A page of 25 messages × 10 fields; all ask for the same one', run: hot },
  callers: { title: 'The same page, asked for by 50 callers with tokens of their own', run: callers },
  unique: { title: 'A page; each asks for another one, by a variable', run: unique },
  inline: { title: 'A page; each asks for another one, by a variable within a literal', run: inline },
  memory: { title: '25 messages by id; each asks for others, and all are known', run: memory },
  together: { title: '100 messages by id, sent together, not known', run: together },
  scattered: { title: '100 messages by id, sent over a day of 10,000, not known', run: scattered },
  store: { title: 'The store alone', run: store },
  lanes: { title: 'Sends while reads hang', run: lanes },
  'fan-out': { title: 'One event to 500 sockets that ask the same', run: fanOut },
};

const HELP = `npm run bench [-- row… options]

Rows: ${Object.keys(ROWS).join(', ')}. All unless some are named.

  --seconds <s>     length of a slice (1); each server gets as many slices as --slices says (7), in turns
  --node <path>     runs the servers with another Node
  --short           few short slices: whether it works, not how fast it is
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    slices: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    short: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => ROWS[name] === undefined);
if (values.help || unknown.length > 0) {
  console.log(unknown.length > 0 ? `There is no row ${unknown.join(', ')}.\n\n${HELP}` : HELP);
  process.exit(unknown.length > 0 ? 2 : 0);
}

const options: BenchOptions = {
  program: join(ROOT, 'dist/main.js'),
  node: values.node,
  sliceMs: Number(values.seconds ?? (values.short ? 0.3 : 1)) * 1000,
  slices: Number(values.slices ?? (values.short ? 3 : 7)),
  warmUpMs: values.short ? 500 : 4000,
};
const [cpu] = cpus();
const version = execFileSync(options.node, ['--version'], { encoding: 'utf8' }).trim();
console.log(`${cpus().length} × ${cpu?.model}, Node ${version} runs the servers`);

for (const [name, { title, run }] of Object.entries(ROWS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  console.log(`\n── ${name}: ${title}\n`);
  await run(options);
}
process.exit(0);
