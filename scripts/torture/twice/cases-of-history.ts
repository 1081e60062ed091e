import type { KeyedSend, Told } from './keyed-sends.ts';
import { LONG_AFTER_MS, sendOf, type TwiceCase } from './run-twice-case.ts';
import type { TwiceWorld } from './twice-world.ts';

const BOTH = ['embedded', 'redis'] as const;
/** A gateway that looks by itself does it every few seconds. */
const BACKGROUND_ROUND_MS = 12_000;

/** The gateway looks into the history without being asked, or has had the time to. */
async function awaitBackground({ provider }: TwiceWorld): Promise<void> {
  const before = provider.pagesRead;
  await provider.until(() => provider.pagesRead > before, BACKGROUND_ROUND_MS);
}

const twins: TwiceCase = {
  name: '2 two keys of one input: one arrived and is answered late, the other never arrived',
  engines: BOTH,
  settings: { env: { SMS_API_TIMEOUT_MS: '60000' } },
  async run(world, expect) {
    await tryTwins(world, expect, { name: 'twin', isLostFirst: false });
    await tryTwins(world, expect, { name: 'other twin', isLostFirst: true });
  },
};

interface Twins {
  readonly name: string;
  readonly isLostFirst: boolean;
}

async function tryTwins(
  world: TwiceWorld,
  expect: (isTrue: boolean, problem: string) => void,
  { name, isLostFirst }: Twins,
): Promise<void> {
  const { provider } = world;
  const arrived = { ...sendOf(name), key: `${name} K1` };
  const lost = { ...arrived, key: `${name} K2` };
  const askLost = async () => {
    provider.plan({ accept: false, answer: 'cut' });
    await world.ask(lost);
  };
  if (isLostFirst) await askLost();
  const late = provider.plan({ accept: true, answer: 'hang' });
  const answer = world.ask(arrived);
  await late.arrived;
  if (!isLostFirst) await askLost();
  await world.ask(lost);
  await awaitBackground(world);
  const { code } = await world.ask(lost);
  expect(code !== 'SENT', `${lost.key} was told SENT`);
  late.release();
  const told = await answer;
  expect(told.code === 'SENT', `${arrived.key} was told ${told.code}`);
  await world.skip(LONG_AFTER_MS);
  const again = await world.ask(arrived);
  expect(again.code === 'SENT', `${arrived.key} was later told ${again.code}`);
  await world.ask(lost);
  const free = await world.ask(lost);
  // It is known not to be sent by then: this is said, or asking sends.
  expect(free.code === 'SENT' || free.isSafeToRetry, `${lost.key} was later told ${free.code}`);
}

const rowsOneByOne: TwiceCase = {
  name: '3 of three messages the history shows one at first',
  engines: BOTH,
  async run(world, expect) {
    const sends = [threeOf('first', 100), threeOf('second', 200)];
    for (const send of sends) {
      world.provider.plan({ accept: true, answer: 'cut', rowsAtFirst: 1 });
      for (let asked = 0; asked < 2; asked += 1) await world.ask(send);
    }
    await awaitBackground(world);
    await world.skip(LONG_AFTER_MS);
    for (const send of sends) await world.ask(send);
    world.provider.history.release();
    for (const send of sends) await world.ask(send);
    await world.skip(LONG_AFTER_MS);
    for (const send of sends) {
      const told = await world.ask(send);
      expect(isWhole(told), `${send.key}: in the end told ${describe(told)}`);
    }
  },
};

const threeOf = (key: string, from: number): KeyedSend => ({
  ...sendOf(key),
  to: [1, 2, 3].map((index) => `+447700901${from + index}`),
});
const isWhole = ({ recipients }: Told): boolean =>
  recipients.length > 0 && recipients.every(({ status }) => status === 'ACCEPTED');
const describe = ({ code, recipients }: Told): string =>
  `${code} (${recipients.map(({ status }) => status).join(' ')})`;

/** The answer is lost; what the history shows is no letter for letter copy. */
const spelled = (name: string, spell: (world: TwiceWorld) => void): TwiceCase => ({
  name,
  engines: BOTH,
  async run(world, expect) {
    spell(world);
    const send = sendOf('spelled');
    world.provider.plan({ accept: true, answer: 'cut' });
    for (let asked = 0; asked < 2; asked += 1) await world.ask(send);
    await world.skip(LONG_AFTER_MS);
    await world.ask(send);
    const { code } = await world.ask(send);
    const accepted = world.provider.acceptedBy(send.to[0] ?? '').length;
    expect(accepted === 1, `accepted ${accepted}`);
    expect(code === 'SENT' || code === 'OUTCOME_UNKNOWN', `in the end told ${code}`);
  },
});

const NEWER_MESSAGES = 3000;

const busySender: TwiceCase = {
  name: '8b five recipients of a sender with 3,000 newer messages',
  engines: BOTH,
  async run(world, expect) {
    const send = { ...sendOf('buried'), to: [1, 2, 3, 4, 5].map((index) => `+44770090230${index}`) };
    const { history } = world.provider;
    world.provider.plan({ accept: true, answer: 'cut' });
    const lost = await world.ask(send);
    for (let count = 0; count < NEWER_MESSAGES; count += 1)
      history.accept({
        to: [`+4478${String(count).padStart(8, '0')}`],
        ...{ text: `newsletter ${count}`, sender: send.sender, postIndex: null },
      });
    const told = [lost, await world.ask(send), await world.ask(send)].at(-1);
    expect(told !== undefined && isWhole(told), `told ${told?.code} in the end`);
  },
};

export const CASES_OF_HISTORY: readonly TwiceCase[] = [
  twins,
  rowsOneByOne,
  spelled('6a the history spells the sender in capitals', ({ provider }) => {
    provider.history.spelling.sender = (sender) => sender.toUpperCase();
  }),
  spelled('6b the history spells numbers without the plus', ({ provider }) => {
    provider.history.spelling.recipient = (recipient) => recipient.slice(1);
  }),
  busySender,
];
