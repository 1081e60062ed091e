import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRANSPORTS } from '../../scripts/attack/ask.ts';
import {
  type AttackedWorld,
  OWN_WORKSPACE,
  openAttackedWorld,
  VICTIM_WORKSPACE,
} from '../../scripts/attack/attacked-world.ts';
import { collectTraces } from '../../scripts/attack/collect-traces.ts';
import { CLAIRVOYANCE } from '../../scripts/attack/corpus/clairvoyance.ts';
import { COP_OVER_HTTP } from '../../scripts/attack/corpus/cop-over-http.ts';
import { GRAPHQL_COP } from '../../scripts/attack/corpus/graphql-cop.ts';
import { ID_GUESSING } from '../../scripts/attack/corpus/id-guessing.ts';
import { overTransport } from '../../scripts/attack/query-attack.ts';
import { NEVER_OVERLOADED } from '../../scripts/attack/run-attack.ts';
import type { Target } from '../../scripts/attack/target.ts';

const worlds: AttackedWorld[] = [];
afterAll(() => Promise.all(worlds.map((world) => world.close())));

async function openTarget(env: Readonly<Record<string, string>> = {}): Promise<Target> {
  const world = await openAttackedWorld({ ...NEVER_OVERLOADED, ...env });
  worlds.push(world);
  const { gateway, issuer } = world;
  const victim = await collectTraces(gateway.url, issuer, VICTIM_WORKSPACE);
  return { url: gateway.url, issuer, workspace: OWN_WORKSPACE, victim, isShort: true };
}

describe('a gateway in production', () => {
  let target: Target;
  beforeAll(async () => {
    target = await openTarget();
  });

  describe.each(TRANSPORTS)('over %s', (transport) => {
    it.each([...GRAPHQL_COP, ...CLAIRVOYANCE])('gives nothing to $name', async (attack) => {
      expect(await overTransport(attack, transport).run(target)).toEqual([]);
    });
  });

  it.each(COP_OVER_HTTP)('gives nothing to $name', async (attack) => {
    expect(await attack.run(target)).toEqual([]);
  });
});

describe('who may see what is guessed for', () => {
  it('is shown it by the same questions: they are the right ones', async () => {
    const target = await openTarget();
    const [guesses] = ID_GUESSING;
    if (guesses === undefined) throw new Error('There are no guesses.');
    const asVictim = { ...target, workspace: VICTIM_WORKSPACE };
    const found = await overTransport(guesses, 'sse').run(asVictim);
    expect(found.map((finding) => finding.split(' showed')[0])).toEqual([
      'message',
      'messagesById',
      'node',
      'nodes',
      'status of a message',
      'history by number',
    ]);
  }, 60_000);
});

describe('a gateway that shows its schema', () => {
  it('is found by the same probes: they are not blind', async () => {
    const target = await openTarget({ NODE_ENV: 'development' });
    const attacks = [
      ...[...GRAPHQL_COP, ...CLAIRVOYANCE].map((attack) => overTransport(attack, 'ws')),
      ...COP_OVER_HTTP,
    ];
    const found = await Promise.all(
      attacks.map(async (attack) => ((await attack.run(target)).length > 0 ? [attack.name] : [])),
    );
    expect(found.flat()).toEqual([
      'cop: field suggestions (ws)',
      'cop: introspection (ws)',
      ...CLAIRVOYANCE.map(({ name }) => `${name} (ws)`),
      'cop: an IDE',
    ]);
  }, 60_000);
});
