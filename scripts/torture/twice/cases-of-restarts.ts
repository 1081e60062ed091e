import { setTimeout as pause } from 'node:timers/promises';
import { sendOf, type TwiceCase } from './run-twice-case.ts';
import { OTHER_KEY, type TwiceWorld } from './twice-world.ts';

const BOTH = ['embedded', 'redis'] as const;

const rotatedKey: TwiceCase = {
  name: '7 restarted with another key of the account, without a secret of its own',
  engines: BOTH,
  async run(world, expect) {
    await world.ask(sendOf('known'));
    world.provider.plan({ accept: true, answer: 'cut' });
    await world.ask(sendOf('unknown'));
    try {
      await world.restart(0, { SMS_API_KEY: OTHER_KEY });
    } catch (error) {
      // It may refuse to start, if it says what to set.
      const isSaid = error instanceof Error && /SMS_API_KEY|GATEWAY_SECRET/.test(error.message);
      return expect(isSaid, 'it did not start, and did not say why');
    }
    const known = await world.ask(sendOf('known'));
    expect(known.code === 'SENT' && known.isReplay, `the send before was told ${known.code}`);
    const found = await world.ask(sendOf('unknown'));
    expect(found.code === 'SENT', `the unknown send was told ${found.code}`);
  },
};

/** As many as one round of a gateway may look at. */
const HOPELESS = 1000;
const CONCURRENCY = 20;
/** A few rounds. */
const RESOLVED_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 1000;

const hopelessBefore: TwiceCase = {
  name: '8a 1,000 sends that are never found, then one that is',
  engines: BOTH,
  async run(world, expect) {
    const { provider } = world;
    provider.history.spelling.text = (text) => (text.includes('hopeless') ? `${text} (edited)` : text);
    const hopeless = Array.from({ length: HOPELESS }, (_, index) => sendOf(`hopeless ${index}`));
    for (const { text } of hopeless)
      provider.plan({
        ...{ for: { text }, accept: true },
        answer: { status: 200, contentType: 'application/json', body: '{}' },
      });
    const work = async () => {
      for (let send = hopeless.pop(); send !== undefined; send = hopeless.pop()) await world.ask(send);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    const before = await countResolved(world);
    provider.plan({ accept: true, answer: 'cut' });
    const lost = await world.ask(sendOf('fresh'));
    expect(lost.code === 'OUTCOME_UNKNOWN', `the fresh send was told ${lost.code}`);
    expect(
      await isResolvedBeyond(before, world),
      `not found in ${RESOLVED_WITHIN_MS / 1000} s without being asked`,
    );
    const { code } = await world.ask(sendOf('fresh'));
    expect(code === 'SENT', `in the end told ${code}`);
  },
};

/** By the metrics: asking for the key would look into the history. */
async function countResolved(world: TwiceWorld): Promise<number> {
  const metrics = await (await fetch(`${world.gateway(0).process.url}/metrics`)).text();
  return Number(/^gateway_sends_resolved_total\{[^}]*outcome="sent"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0);
}

async function isResolvedBeyond(before: number, world: TwiceWorld): Promise<boolean> {
  const giveUpAtMs = performance.now() + RESOLVED_WITHIN_MS;
  while (performance.now() < giveUpAtMs) {
    if ((await countResolved(world)) > before) return true;
    await pause(LOOK_AGAIN_MS);
  }
  return false;
}

export const CASES_OF_RESTARTS: readonly TwiceCase[] = [rotatedKey, hopelessBefore];
