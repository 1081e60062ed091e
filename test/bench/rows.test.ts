import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readWholeDay } from '../../bench/rows/reads.ts';
import { type AskKind, createAsker } from '../../bench/support/asks.ts';
import type { BenchServer } from '../../bench/support/processes.ts';
import { askGraphql, openWorld, type World } from '../../bench/support/world.ts';
import { findBuiltProgram } from '../support/built-program.ts';

// The short form of `npm run bench`: what is exact in it. How fast it is depends on the machine and is no business of a test.

const AT_ONCE = 50;
const REQUESTS = 100;
// Six programs are built and started, on a machine that may have others to run.
vi.setConfig({ hookTimeout: 120_000, testTimeout: 60_000 });

async function open(isFinal: boolean): Promise<World> {
  const program = await findBuiltProgram();
  const speed = { sliceMs: 0, slices: 1, warmUpMs: 0 };
  return openWorld({ program, node: process.execPath, ...speed }, isFinal);
}

/** Calls to the provider for so many requests. */
async function callsFor(world: World, server: BenchServer, ask: AskKind, requests: number): Promise<number> {
  const connections = Math.min(requests, AT_ONCE);
  const report = await world.load(server, { ask, requests, connections, rampMs: 0 });
  expect(report.sent).toBe(requests);
  return report.calls;
}

/** Of a request that no load makes: what is kept of its answer must not save one of theirs a call. */
async function dataOf(world: World, server: BenchServer, ask: AskKind): Promise<string> {
  const { body } = createAsker(ask, world.dayStartMs)(REQUESTS);
  return JSON.stringify((await askGraphql(server, JSON.parse(body))).data);
}

describe('the bench, where the end of every message is known', () => {
  let world: World;
  let gateway: BenchServer;
  let pageFloor: BenchServer;
  let memoryFloor: BenchServer;

  beforeAll(async () => {
    world = await open(true);
    [gateway, pageFloor, memoryFloor] = await Promise.all([
      world.startGateway(),
      world.startFloor('page'),
      world.startFloor('memory'),
    ]);
  });
  afterAll(() => world.close());

  it('answers a page byte by byte as the floor does', async () => {
    for (const ask of ['hot', 'unique', 'inline'] as const)
      expect(await dataOf(world, gateway, ask)).toBe(await dataOf(world, pageFloor, ask));
  });

  it('makes one call for a page that each asks differently, by a variable or within a literal', async () => {
    // Both ask the provider for the same pages, and one must not live on what the other left.
    const forgetful = await world.startGateway({ env: { READ_CACHE_TTL_MS: '0' } });
    expect(await callsFor(world, forgetful, 'unique', REQUESTS)).toBe(REQUESTS);
    expect(await callsFor(world, forgetful, 'inline', REQUESTS)).toBe(REQUESTS);
  });

  it('makes no call for messages whose end is known, and answers them as the floor does', async () => {
    await readWholeDay(world, gateway);
    expect(await callsFor(world, gateway, 'memory', REQUESTS)).toBe(0);
    expect(await dataOf(world, gateway, 'memory')).toBe(await dataOf(world, memoryFloor, 'memory'));
  });
});

describe('the bench, where it is open and nothing is kept', () => {
  let world: World;
  let gateway: BenchServer;
  let floor: BenchServer;

  beforeAll(async () => {
    world = await open(false);
    const env = { READ_CACHE_TTL_MS: '0' };
    [gateway, floor] = await Promise.all([world.startGateway({ env }), world.startFloor('ids')]);
  });
  afterAll(() => world.close());

  it('asks for a hundred messages that were sent together by a few pages', async () => {
    for (let operation = 0; operation < 10; operation += 1)
      expect(await callsFor(world, gateway, 'together', 1)).toBeLessThanOrEqual(8);
  });

  it('never makes more calls than there are ids, wherever in the day they are', async () => {
    for (let operation = 0; operation < 5; operation += 1)
      expect(await callsFor(world, gateway, 'scattered', 1)).toBeLessThanOrEqual(100);
  });

  it('answers both as the floor does', async () => {
    for (const ask of ['together', 'scattered'] as const)
      expect(await dataOf(world, gateway, ask)).toBe(await dataOf(world, floor, ask));
  });
});
