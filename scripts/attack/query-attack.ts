import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Ask, askOver, TRANSPORTS, type Transport } from './ask.ts';
import { attackerToken } from './sign-token.ts';
import type { Attack, Target } from './target.ts';

/** Something terrible that fits into one GraphQL request, whatever carries it. */
export interface QueryAttack {
  readonly name: string;
  run(ask: Ask, target: Target): Promise<readonly string[]>;
}

/** What no answer to anybody may hold: places in our code, and what a program says when it breaks. */
const INSIDES = /node_modules|\/src\/|\.[cm]?[jt]s:\d|\bat [\w.<>]+ \(|stacktrace|INTERNAL_SERVER_ERROR/i;

/** The same over one transport. Whatever it looks for, no answer may show our insides. */
export const overTransport = (attack: QueryAttack, transport: Transport): Attack => ({
  name: `${attack.name} (${transport})`,
  async run(target) {
    const leaks: string[] = [];
    const send = untilTaken(askOver(transport, { url: target.url, token: await attackerToken(target) }));
    const ask: Ask = async (params) => {
      const answer = await send(params);
      leaks.push(...findInsides(answer));
      return answer;
    };
    return [...(await attack.run(ask, target)), ...leaks];
  },
});

const TRIES = 40;
const PAUSE_MS = 250;

/** A gateway that is overloaded turns readers away for a moment: what it would have answered is asked for again. */
const untilTaken =
  (ask: Ask): Ask =>
  async (params) => {
    for (let tried = 1; ; tried++) {
      const answer = await ask(params);
      const isTurnedAway = answer.status === 503 || answer.text.includes('"OVERLOADED"');
      if (!isTurnedAway || tried === TRIES) return answer;
      await sleep(PAUSE_MS);
    }
  };

export const overAllTransports = (attacks: readonly QueryAttack[]): readonly Attack[] =>
  attacks.flatMap((attack) => TRANSPORTS.map((transport) => overTransport(attack, transport)));

export function findInsides({ status, text }: Pick<Answer, 'status' | 'text'>): readonly string[] {
  const found = INSIDES.exec(text)?.[0];
  return [
    ...(found === undefined ? [] : [`The answer shows insides: ${found}`]),
    ...(status === 500 ? ['It was answered with 500.'] : []),
  ];
}

/** A finding unless the answer holds errors and nothing else. */
export function mustRefuse({ data, errors, status }: Answer, what: string): readonly string[] {
  const isEmpty = Object.values(data ?? {}).every((value) => value === null);
  return isEmpty && (errors.length > 0 || status >= 400) ? [] : [`${what} was not refused (${status}).`];
}
