import { setTimeout as pause } from 'node:timers/promises';
import type { RedisPair } from '../../../test/support/redis-pair.ts';
import type { KeyedSend, Told } from './keyed-sends.ts';
import { sendOf, type TwiceCase } from './run-twice-case.ts';
import type { TwiceWorld } from './twice-world.ts';

const REPLICATED = { needsReplicas: 1 };
/** A gateway has found the new primary by then, and its connections stand again. */
const RECOVERED_MS = 30_000;
const ASK_AGAIN_MS = 500;
/** Well under what a repeat waits for a claim that somebody is at work on. */
const AT_ONCE_MS = 8000;

const pairOf = ({ pair }: TwiceWorld): RedisPair => {
  if (pair === null) throw new Error('There is no pair of servers.');
  return pair;
};

/** As callers do that are told that nothing was sent. */
async function askUntilSent(world: TwiceWorld, send: KeyedSend): Promise<Told> {
  const giveUpAtMs = performance.now() + RECOVERED_MS;
  let told = await world.ask(send);
  while (told.code !== 'SENT' && performance.now() < giveUpAtMs) {
    await pause(ASK_AGAIN_MS);
    told = await world.ask(send);
  }
  return told;
}

const postsOf = ({ provider }: TwiceWorld, { text }: KeyedSend): number =>
  provider.posts.filter((post) => post.text === text).length;

const claimLost: TwiceCase = {
  name: '1a a claim that only the primary has, and the replica takes its place',
  engines: ['redis pair'],
  settings: REPLICATED,
  async run(world, expect) {
    const pair = pairOf(world);
    expect((await world.ask(sendOf('before'))).code === 'SENT', 'no send before');
    pair.pauseReplica();
    await world.ask(sendOf('claimed'));
    await pair.promote('demote');
    pair.pointAt('replica');
    const { code } = await askUntilSent(world, sendOf('claimed'));
    const accepted = world.provider.acceptedBy(sendOf('claimed').to[0] ?? '').length;
    expect(accepted === 1, `accepted ${accepted}`);
    expect(code === 'SENT', `in the end told ${code}`);
  },
};

const tooFewBefore: TwiceCase = {
  name: '1b too few replicas before the request',
  engines: ['redis pair'],
  settings: REPLICATED,
  async run(world, expect) {
    pairOf(world).pauseReplica();
    const { code, isSafeToRetry } = await world.ask(sendOf('refused'));
    expect(code === 'UPSTREAM_UNAVAILABLE' && isSafeToRetry, `told ${code}, safe to retry: ${isSafeToRetry}`);
    const posts = postsOf(world, sendOf('refused'));
    expect(posts === 0, `${posts} requests without a replica`);
    pairOf(world).resumeReplica();
    const told = await askUntilSent(world, sendOf('refused'));
    expect(told.code === 'SENT', `in the end told ${told.code}`);
  },
};

/** @param recover what becomes of the replica before the key is asked again */
const tooFewAfter = (name: string, recover: (pair: RedisPair) => Promise<void>): TwiceCase => ({
  name,
  engines: ['redis pair'],
  settings: { ...REPLICATED, env: { SMS_API_TIMEOUT_MS: '60000' } },
  async run(world, expect) {
    const pair = pairOf(world);
    const request = world.provider.plan({ accept: true, answer: 'hang' });
    const first = world.ask(sendOf('settled'));
    await request.arrived;
    pair.pauseReplica();
    request.release();
    const { code } = await first;
    expect(code === 'OUTCOME_UNKNOWN', `told ${code} before the replica had it`);
    await recover(pair);
    const told = await askUntilSent(world, sendOf('settled'));
    expect(told.code === 'SENT', `in the end told ${told.code}`);
  },
});

const storeAway: TwiceCase = {
  name: '8c the store is away when a send is to be settled, and comes back',
  engines: ['redis'],
  settings: { env: { SMS_API_TIMEOUT_MS: '60000' } },
  async run(world, expect) {
    const request = world.provider.plan({ accept: true, answer: 'hang' });
    const first = world.ask(sendOf('unsettled'));
    await request.arrived;
    world.redis?.pause();
    request.release();
    await first;
    world.redis?.resume();
    const { code, tookMs } = await world.ask(sendOf('unsettled'));
    expect(code === 'SENT', `told ${code} once the store was back`);
    expect(tookMs < AT_ONCE_MS, `told after ${Math.round(tookMs / 1000)} s`);
  },
};

const demoted: TwiceCase = {
  name: '9 the server is demoted and keeps its connections, the name leads to the new primary',
  engines: ['redis pair'],
  async run(world, expect) {
    expect((await world.ask(sendOf('before'))).code === 'SENT', 'no send before');
    const pair = pairOf(world);
    await pair.promote('demote');
    pair.pointAt('replica', 'keep');
    const { code } = await askUntilSent(world, sendOf('after'));
    expect(code === 'SENT', `told ${code} for ${RECOVERED_MS / 1000} s`);
    const before = await world.ask(sendOf('before'));
    expect(before.code === 'SENT' && before.isReplay, `the send before is told ${before.code}`);
  },
};

export const CASES_OF_STORES: readonly TwiceCase[] = [
  claimLost,
  tooFewBefore,
  tooFewAfter('1c too few replicas after the request, then they are back', async (pair) => {
    pair.resumeReplica();
  }),
  tooFewAfter('1d too few replicas after the request, and the replica takes the place', async (pair) => {
    await pair.promote('demote');
    pair.pointAt('replica');
  }),
  storeAway,
  demoted,
];
