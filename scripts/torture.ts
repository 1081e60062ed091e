import { readdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Scenario } from './torture/scenario.ts';

const SCENARIOS = new URL('./torture/scenarios/', import.meta.url);

/** `npm run torture [-- scenario…] [--rounds 100] [--engine redis]`: without a name, every scenario in its folder. */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean' }, engine: { type: 'string' }, rounds: { type: 'string' } },
  });
  const scenarios = await loadScenarios();
  const unknown = positionals.filter((name) => !scenarios.has(name));
  if (values.help === true || unknown.length > 0) {
    printHelp(scenarios, unknown);
    process.exitCode = unknown.length > 0 ? 2 : 0;
    return;
  }
  const names = positionals.length > 0 ? positionals : [...scenarios.keys()];
  for (const name of names) await runScenario(name, scenarios.get(name), values);
}

async function runScenario(
  name: string,
  scenario: Scenario | undefined,
  { engine, rounds }: { readonly engine?: string | undefined; readonly rounds?: string | undefined },
): Promise<void> {
  if (scenario === undefined) return;
  console.log(`\n${name}: ${scenario.summary}`);
  const result = await scenario.run({
    engine: engine ?? null,
    rounds: rounds === undefined ? null : Number(rounds),
    log: (line) => console.log(`  ${line}`),
  });
  for (const [what, count] of Object.entries(result.counts)) console.log(`  ${what}: ${count}`);
  console.log(result.isPassed ? '  passed' : '  FAILED');
  if (!result.isPassed) process.exitCode = 1;
}

/** Each file of the folder is a scenario of that name. */
async function loadScenarios(): Promise<ReadonlyMap<string, Scenario>> {
  const files = (await readdir(SCENARIOS)).filter((file) => file.endsWith('.ts')).sort();
  const loaded = files.map(async (file): Promise<[string, Scenario]> => {
    const module: { scenario: Scenario } = await import(new URL(file, SCENARIOS).href);
    return [file.slice(0, -'.ts'.length), module.scenario];
  });
  return new Map(await Promise.all(loaded));
}

function printHelp(scenarios: ReadonlyMap<string, Scenario>, unknown: readonly string[]): void {
  for (const name of unknown) console.error(`There is no scenario "${name}".`);
  console.log('npm run torture [-- scenario…] [--rounds 100] [--engine embedded|redis]');
  for (const [name, { summary }] of scenarios) console.log(`  ${name}: ${summary}`);
}

await main();
