import { type AskKind, createAsker } from './asks.ts';
import type { LoadReport } from './load-server.ts';
import { type BenchServer, readRssMb } from './processes.ts';
import { askGraphql, type World } from './world.ts';

export interface Contestant {
  readonly name: string;
  readonly server: BenchServer;
  /** It answers other data than the first one, and how. */
  readonly isOther?: string;
}

export interface Contest {
  readonly ask: AskKind;
  /** Connections take them in turn. @default one for all */
  readonly tokens?: readonly string[];
  /** @default 50 */
  readonly connections?: number;
  /** The first one is what the others are compared with. */
  readonly contestants: readonly Contestant[];
}

/**
 * Lets servers answer the same load in turns, slice by slice, so that what else the machine does falls on all of them. What is
 * printed is the median of each one's slices, and of the ratios within each turn.
 */
export async function compete(world: World, { contestants, ...order }: Contest): Promise<void> {
  await requireSameAnswers(world, order.ask, contestants);
  const { warmUpMs, slices } = world.options;
  for (const { server } of contestants) await world.load(server, { ...order, measuredMs: warmUpMs });
  const turns: Slice[][] = [];
  for (let turn = 0; turn < slices; turn += 1) {
    const measured: Slice[] = [];
    for (const { server } of contestants) measured.push(toSlice(await world.load(server, order)));
    turns.push(measured);
  }
  printTable(
    ['', 'CPU µs', '× floor', 'req/s', 'REST/req', 'p99 ms', 'RSS MB'],
    contestants.map(({ name, server }, place) => {
      const of = (pick: (slice: Slice, floor: Slice) => number) => medianOf(turns, place, pick);
      return [
        name,
        of(({ cpuMicros }) => cpuMicros).toFixed(0),
        of(({ cpuMicros }, floor) => cpuMicros / floor.cpuMicros).toFixed(2),
        of(({ perSecond }) => perSecond).toFixed(0),
        of(({ callsPerRequest }) => callsPerRequest).toFixed(3),
        of(({ p99Ms }) => p99Ms).toFixed(1),
        readRssMb(server.pid).toFixed(0),
      ];
    }),
  );
}

interface Slice {
  readonly cpuMicros: number;
  readonly perSecond: number;
  readonly callsPerRequest: number;
  readonly p99Ms: number;
}

const toSlice = (report: LoadReport & { readonly calls: number }): Slice => ({
  cpuMicros: report.cpuMicros / report.measured,
  perSecond: report.measured / report.seconds,
  callsPerRequest: report.calls / report.sent,
  p99Ms: report.p99Ms,
});

function medianOf(
  turns: readonly (readonly Slice[])[],
  place: number,
  pick: (slice: Slice, floor: Slice) => number,
): number {
  const picked = turns.flatMap((turn) => {
    const [slice, floor] = [turn[place], turn[0]];
    return slice === undefined || floor === undefined ? [] : [pick(slice, floor)];
  });
  return median(picked);
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

/** What answers differently does not cost the same. */
async function requireSameAnswers(
  world: World,
  ask: AskKind,
  contestants: readonly Contestant[],
): Promise<void> {
  if (ask === 'send' || ask === 'webhook') return; // each is one of its own
  const { body } = createAsker(ask, world.dayStartMs)(0);
  const read = async ({ server }: Contestant) =>
    JSON.stringify((await askGraphql(server, JSON.parse(body))).data);
  const [floor, ...others] = contestants;
  const expected = floor === undefined ? '' : await read(floor);
  for (const contestant of others) {
    const { name, isOther } = contestant;
    const answer = await read(contestant);
    if (isOther !== undefined) console.log(`${name}: ${isOther}.`);
    else if (answer !== expected)
      throw new Error(`${name} answers something else than the floor:\n${answer}\n${expected}`);
  }
}

/** A table that a document can take as it is. */
function printTable(head: readonly string[], lines: readonly (readonly string[])[]): void {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)),
  );
  const print = (line: readonly string[]) => {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(`| ${cells.join(' | ')} |`);
  };
  print(head);
  print(widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)));
  for (const line of lines) print(line);
}
