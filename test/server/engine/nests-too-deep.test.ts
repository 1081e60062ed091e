import { expect, it } from 'vitest';
import { nestsTooDeep } from '../../../src/server/engine/nests-too-deep.ts';

const nest = (depth: number, open = '[', close = ']') => `${open.repeat(depth)}${close.repeat(depth)}`;

it.each([
  ['lists 200 deep', nest(200)],
  ['many lists side by side', `[${Array(500).fill('[]').join(',')}]`],
  ['brackets in a text', JSON.stringify({ query: '{'.repeat(1000) })],
  ['brackets in a text with quotes and backslashes', JSON.stringify({ text: `\\"${'['.repeat(500)}"\\` })],
])('lets through %s', (_case, json) => {
  expect(nestsTooDeep(json)).toBe(false);
});

it.each([
  ['lists 201 deep', nest(201)],
  ['objects 201 deep', `${'{"a":'.repeat(201)}1${'}'.repeat(201)}`],
  ['lists that never end', '['.repeat(60_000)],
  ['lists behind a text', `{"a":"\\\\","b":${nest(300)}}`],
])('stops %s', (_case, json) => {
  expect(nestsTooDeep(json)).toBe(true);
});
