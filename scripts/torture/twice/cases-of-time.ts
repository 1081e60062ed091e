import { setTimeout as pause } from 'node:timers/promises';
import { createDeferred } from '../../../test/support/deferred.ts';
import { LONG_AFTER_MS, sendOf, type TwiceCase } from './run-twice-case.ts';
import type { TwiceWorld } from './twice-world.ts';

const MINUTE_MS = 60_000;
/** A claim is held for 150 s, and ten minutes later absence is a proof. */
const FAR_AHEAD_MS = 14 * MINUTE_MS;
/** In which a gateway that is wrong about the time would send. */
const TEMPTATION_MS = 3000;
const PATIENT = { SMS_API_TIMEOUT_MS: '120000' };

const acceptedOf = ({ provider }: TwiceWorld, key: string): number =>
  provider.acceptedBy(sendOf(key).to[0] ?? '').length;

const providerBehind = (name: string, isTold: boolean): TwiceCase => ({
  name,
  engines: ['embedded', 'redis'],
  async run(world, expect) {
    world.provider.clock.aheadMs = -6 * MINUTE_MS;
    world.provider.clock.isTold = isTold;
    world.provider.plan({ accept: true, answer: 'cut' });
    for (let asked = 0; asked < 2; asked += 1) await world.ask(sendOf('behind'));
    await world.skip(LONG_AFTER_MS);
    await world.ask(sendOf('behind'));
    const { code } = await world.ask(sendOf('behind'));
    expect(acceptedOf(world, 'behind') === 1, `accepted ${acceptedOf(world, 'behind')}`);
    expect(code === 'SENT' || code === 'OUTCOME_UNKNOWN', `in the end told ${code}`);
  },
});

/** One request hangs and has not arrived; meanwhile the key is asked for where it is 14 minutes later. */
async function askWhileItHangs(
  world: TwiceWorld,
  expect: (isTrue: boolean, problem: string) => void,
  { askedIndex, onArrived }: { readonly askedIndex: number; readonly onArrived: () => void },
): Promise<void> {
  const arrival = createDeferred();
  const slow = world.provider.plan({ accept: true, answer: 'hang', acceptAfter: arrival.promise });
  const first = world.ask(sendOf('slow'));
  await slow.arrived;
  onArrived();
  const second = world.ask(sendOf('slow'), askedIndex);
  await world.provider.until(() => world.provider.posts.length > 1, TEMPTATION_MS);
  arrival.resolve();
  slow.release();
  await Promise.all([first, second]);
  const { code } = await world.ask(sendOf('slow'), askedIndex);
  expect(acceptedOf(world, 'slow') === 1, `accepted ${acceptedOf(world, 'slow')}`);
  expect(code === 'SENT', `in the end told ${code}`);
}

const clockJumps: TwiceCase = {
  name: '5b the wall clock jumps 14 minutes while a request hangs',
  engines: ['embedded', 'redis'],
  settings: { env: PATIENT },
  run: (world, expect) =>
    askWhileItHangs(world, expect, {
      askedIndex: 0,
      onArrived: () => world.gateway(0).clock.set(FAR_AHEAD_MS),
    }),
};

const clocksApart: TwiceCase = {
  name: '5c two replicas whose clocks are 14 minutes apart',
  engines: ['redis'],
  settings: { gateways: 2, env: PATIENT },
  async run(world, expect) {
    world.gateway(1).clock.set(FAR_AHEAD_MS);
    await askWhileItHangs(world, expect, { askedIndex: 1, onArrived: () => undefined });
  },
};

/** No sign of a claim can be seen from outside, as there is no connection that it could go on to. */
const CLAIM_IS_MADE_MS = 1000;

const stoppedReplica: TwiceCase = {
  name: '5d a replica stands still between its claim and its request, for longer than the claim',
  engines: ['redis'],
  settings: { gateways: 2, env: { ...PATIENT, SMS_API_CONNECTIONS: '1' } },
  async run(world, expect) {
    const blocker = world.provider.plan({ accept: true, answer: 'hang' });
    const blocked = world.ask(sendOf('blocker'));
    await blocker.arrived;
    const stopped = world.ask(sendOf('stopped'));
    await pause(CLAIM_IS_MADE_MS);
    const { process, clock } = world.gateway(0);
    process.signal('SIGSTOP');
    try {
      await world.skipFor(1, LONG_AFTER_MS);
      for (let asked = 0; asked < 2; asked += 1) await world.ask(sendOf('stopped'), 1);
    } finally {
      blocker.release();
      clock.set(clock.aheadMs + LONG_AFTER_MS);
      process.signal('SIGCONT');
    }
    await Promise.all([blocked, stopped]);
    const { code } = await world.ask(sendOf('stopped'), 1);
    expect(acceptedOf(world, 'stopped') === 1, `accepted ${acceptedOf(world, 'stopped')}`);
    expect(code === 'SENT', `in the end told ${code}`);
  },
};

export const CASES_OF_TIME: readonly TwiceCase[] = [
  providerBehind('5a the provider is 6 minutes behind and says so, the answer is lost', true),
  providerBehind('5a the provider is 6 minutes behind and tells no time, the answer is lost', false),
  clockJumps,
  clocksApart,
  stoppedReplica,
];
