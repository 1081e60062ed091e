import type { AskKind } from '../support/asks.ts';
import { compete } from '../support/contest.ts';
import { type BenchOptions, openWorld } from '../support/world.ts';

/** The fate of the messages is open and no answer is kept: each operation finds the gateway as cold as the first one. */
const COLD = { READ_CACHE_TTL_MS: '0' };
/** One operation makes many calls at once already. */
const CONNECTIONS = 4;

export const together = (options: BenchOptions) => raceIds(options, 'together');
export const scattered = (options: BenchOptions) => raceIds(options, 'scattered');

async function raceIds(options: BenchOptions, ask: AskKind): Promise<void> {
  const world = await openWorld(options, false);
  const contestants = [
    { name: 'floor', server: await world.startFloor('ids') },
    { name: 'gateway', server: await world.startGateway({ env: COLD }) },
  ];
  await compete(world, { ask, contestants, connections: CONNECTIONS });
  await world.close();
}
