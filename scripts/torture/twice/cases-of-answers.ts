import type { PostAnswer } from './post-plans.ts';
import { LONG_AFTER_MS, sendOf, type TwiceCase } from './run-twice-case.ts';
import type { TwiceWorld } from './twice-world.ts';

const BOTH = ['embedded', 'redis'] as const;
const htmlOf = (status: number): PostAnswer => ({
  status,
  contentType: 'text/html',
  body: `<html><head><title>${status}</title></head><body><center>nginx</center></body></html>`,
});
const EMPTY_429: PostAnswer = { status: 429, contentType: null, body: '' };
const WITHOUT_ENVELOPE = { contentType: 'application/json', body: '{"message":"Something went wrong"}' };

/** Of something on the way: they tell nothing about what the provider did. */
const FOREIGN_ANSWERS: Readonly<Record<string, PostAnswer>> = {
  ...Object.fromEntries(
    [400, 403, 404, 408, 409, 413, 499, 429].map((status) => [`HTML ${status}`, htmlOf(status)]),
  ),
  'empty 429': EMPTY_429,
  '400 in JSON without the envelope': { status: 400, ...WITHOUT_ENVELOPE },
  '200 in JSON without the envelope': { status: 200, ...WITHOUT_ENVELOPE },
};

/** The caller repeats the key at once, and much later. */
async function askThrice(world: TwiceWorld, keys: readonly string[]): Promise<void> {
  for (const key of keys) for (let asked = 0; asked < 2; asked += 1) await world.ask(sendOf(key));
  await world.skip(LONG_AFTER_MS);
  for (const key of keys) await world.ask(sendOf(key));
}

const lastCode = ({ book }: TwiceWorld, key: string) => book.told.get(key)?.at(-1)?.code ?? null;
const acceptedOf = ({ provider }: TwiceWorld, key: string) =>
  provider.acceptedBy(sendOf(key).to[0] ?? '').length;

const foreignAnswers: TwiceCase = {
  name: '4a answers of a proxy after the provider took the send in',
  engines: BOTH,
  async run(world, expect) {
    for (const [name, answer] of Object.entries(FOREIGN_ANSWERS))
      world.provider.plan({ for: { text: sendOf(name).text }, accept: true, answer });
    await askThrice(world, Object.keys(FOREIGN_ANSWERS));
    for (const name of Object.keys(FOREIGN_ANSWERS)) {
      const accepted = acceptedOf(world, name);
      expect(accepted === 1, `${name}: accepted ${accepted}`);
      expect(lastCode(world, name) === 'SENT', `${name}: in the end told ${lastCode(world, name)}`);
    }
  },
};

const repeatedByProxy: TwiceCase = {
  name: '4b a proxy repeats a signed request and passes the refusal of the second on',
  engines: BOTH,
  settings: { isSigned: true },
  async run(world, expect) {
    world.provider.plan({ accept: true, answer: 'ok', isRepeatedByProxy: true });
    await askThrice(world, ['repeated']);
    expect(acceptedOf(world, 'repeated') === 1, `accepted ${acceptedOf(world, 'repeated')}`);
    expect(lastCode(world, 'repeated') === 'SENT', `in the end told ${lastCode(world, 'repeated')}`);
  },
};

const turnedAway: TwiceCase = {
  name: '4c a bare 429 before the provider took anything in',
  engines: BOTH,
  async run(world, expect) {
    const answers = { 'HTML before': htmlOf(429), 'empty before': EMPTY_429 };
    for (const [name, answer] of Object.entries(answers))
      world.provider.plan({ for: { text: sendOf(name).text }, accept: false, answer });
    await askThrice(world, Object.keys(answers));
    for (const name of Object.keys(answers)) {
      expect(acceptedOf(world, name) === 1, `${name}: accepted ${acceptedOf(world, name)}`);
      expect(lastCode(world, name) === 'SENT', `${name}: in the end told ${lastCode(world, name)}`);
    }
  },
};

const [A, B, C, STRANGER] = ['+447700900001', '+447700900002', '+447700900003', '+447700900099'] as const;
const ODD_NAMES: Readonly<
  Record<string, { readonly to: readonly string[]; readonly names: readonly string[] }>
> = {
  fewer: { to: [A, B, C], names: [A] },
  other: { to: [A, B], names: [A, STRANGER] },
  'without the plus': { to: [A, B], names: [A.slice(1), B.slice(1)] },
};

const oddNames: TwiceCase = {
  name: '10 a 200 names fewer recipients, other ones, or spells them its own way',
  engines: BOTH,
  async run(world, expect) {
    const sends = Object.entries(ODD_NAMES).map(([name, { to, names }]) => {
      const send = { ...sendOf(name), to };
      world.provider.plan({ for: { text: send.text }, accept: true, answer: 'ok', names });
      return send;
    });
    for (const send of sends) for (let asked = 0; asked < 2; asked += 1) await world.ask(send);
    await world.skip(LONG_AFTER_MS);
    for (const send of sends) {
      const { code, recipients } = await world.ask(send);
      const accepted = recipients.filter(
        ({ recipient, status }) => send.to.includes(recipient) && status === 'ACCEPTED',
      );
      const isWhole = accepted.length === send.to.length && recipients.length === send.to.length;
      expect(
        isWhole,
        `${send.key}: in the end told ${code}, ${accepted.length} of ${send.to.length} ACCEPTED, ${recipients.length} named`,
      );
    }
  },
};

export const CASES_OF_ANSWERS: readonly TwiceCase[] = [foreignAnswers, repeatedByProxy, turnedAway, oddNames];
