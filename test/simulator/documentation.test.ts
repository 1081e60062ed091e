import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULT_KINDS } from '../../src/simulator/api/fault.ts';
import { MAGIC_NUMBERS } from '../../src/simulator/delivery/magic-numbers.ts';

const documentation = readFileSync(new URL('../../docs/simulator.md', import.meta.url), 'utf8');

describe('docs/simulator.md', () => {
  it('lists exactly the magic numbers there are', () => {
    const rows = [...documentation.matchAll(/^\| `(\+1555\d+)` \| (.+) \|$/gm)];
    const documented = rows.map(([, number, outcome]) => ({ number, outcome }));
    expect(documented).toEqual(MAGIC_NUMBERS.map(({ number, outcome }) => ({ number, outcome })));
  });

  it('explains every kind of fault', () => {
    for (const kind of FAULT_KINDS) expect(documentation).toContain(`\`${kind}\``);
  });
});
