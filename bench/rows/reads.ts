import type { AskKind } from '../support/asks.ts';
import { type Contestant, compete } from '../support/contest.ts';
import { daysBefore } from '../support/day.ts';
import type { BenchServer } from '../support/processes.ts';
import { askGraphql, type BenchOptions, openWorld, tokensOf, type World } from '../support/world.ts';

const CALLERS = 50;

export const hot = (options: BenchOptions) => racePages(options, 'hot');
export const callers = (options: BenchOptions) => racePages(options, 'hot', CALLERS);
export const unique = (options: BenchOptions) => racePages(options, 'unique');
export const inline = (options: BenchOptions) => racePages(options, 'inline');

async function racePages(options: BenchOptions, ask: AskKind, callerCount = 1): Promise<void> {
  const world = await openWorld(options);
  const contestants: Contestant[] = [
    { name: 'floor', server: await world.startFloor('page') },
    { name: 'floor-shared', server: await world.startFloor('page-shared') },
    { name: 'gateway', server: await world.startGateway() },
  ];
  await compete(world, { ask, contestants, tokens: await tokensOf(callerCount) });
  await world.close();
}

export async function memory(options: BenchOptions): Promise<void> {
  const world = await openWorld(options);
  const gateway = await world.startGateway();
  await readWholeDay(world, gateway);
  const contestants = [
    { name: 'floor', server: await world.startFloor('memory') },
    { name: 'gateway', server: gateway },
  ];
  await compete(world, { ask: 'memory', contestants });
  await world.close();
}

const WALK = `query ($after: String, $day: Date) {
  messages(first: 100, after: $after, filter: { from: $day, to: $day }) { pageInfo { endCursor hasNextPage } }
}`;

interface Walked {
  readonly messages: {
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  };
}

/** All of its messages are final, so that a server may keep them. */
export async function readWholeDay({ dayStartMs }: World, server: BenchServer): Promise<void> {
  const day = daysBefore(dayStartMs, 0);
  let after: string | null = null;
  do {
    const walked: Walked = (await askGraphql<Walked>(server, { query: WALK, variables: { day, after } }))
      .data;
    const { endCursor, hasNextPage } = walked.messages.pageInfo;
    after = hasNextPage ? endCursor : null;
  } while (after !== null);
}
