import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startNodeProcess } from '../../support/node-process.ts';

const moduleUrl = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

/** Appends until the store refuses, three times over, then holds the log against what was acknowledged. */
const program = (folder: string) => `
  const { openEmbeddedStore } = await import(${moduleUrl('../../../src/store/embedded/open-embedded-store.ts')});
  const { numberedReport } = await import(${moduleUrl('../../../scripts/torture/numbered-report.ts')});
  const store = await openEmbeddedStore(${JSON.stringify(folder)}, { now: () => Date.now() });
  const acknowledged = [];
  const refusals = new Set();
  let number = 0;
  for (let refused = 0; refused < 3; ) {
    const appends = Array.from({ length: 50 }, () => store.log.append('main', numberedReport(number++)));
    for (const outcome of await Promise.allSettled(appends)) {
      if (outcome.status === 'fulfilled') acknowledged.push(outcome.value.position);
      else refusals.add(outcome.reason.name);
    }
    refused += refusals.size > 0 ? 1 : 0;
  }
  const held = new Set((await store.log.read('0-0', 1_000_000)).map(({ position }) => position));
  const lost = acknowledged.filter((position) => !held.has(position)).length;
  console.log(JSON.stringify({ some: acknowledged.length > 0, lost, refusals: [...refusals] }));
  console.log(await store.ping().catch(({ message }) => message));
  // With the failures long ago the ping must find out by itself.
  const { now } = performance;
  performance.now = () => now.call(performance) + 3_600_000;
  console.log(await store.ping().catch(({ message }) => message));
  await store.close();
`;

it('refuses reports when the disk is full, living on and losing nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-full-'));
  const child = startNodeProcess(program(join(folder, 'data')), { maxFileBlocks: 4000 });
  expect(JSON.parse(await child.nextLine())).toEqual({
    some: true,
    lost: 0,
    refusals: ['StoreUnavailableError'],
  });
  // What is written over itself still finds room, so only a ping that asks for more can tell.
  for (const since of ['just now', 'an hour ago'])
    expect(await child.nextLine(), since).toMatch(/^There is no room (for more )?in the folder .+\(/);
  // An unhandled rejection anywhere would have made it end with 1.
  expect(await child.exited).toBe(0);
  await rm(folder, { recursive: true });
});
