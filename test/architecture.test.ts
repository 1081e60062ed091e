import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** From the lowest to the highest: a file imports its own layer or a lower one. */
const LAYERS = [
  'domain',
  'config',
  'logger',
  'metrics',
  'rest',
  'store',
  'subscriptions',
  'context',
  'resolvers',
  'schema',
  'server',
  'main',
];
/** Files of the top layer beside `main.ts` and `main/`. */
const ALSO_MAIN = ['start-gateway.ts'];
const MAX_LINES = 250;

interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Paths below `src/` of our own files that it imports. */
  readonly imports: readonly string[];
  /** Packages and Node modules that it imports. */
  readonly packages: readonly string[];
}

const files = readSourceFiles();
const fileAt = new Map(files.map((file) => [file.path, file]));

function readSourceFiles(): readonly SourceFile[] {
  const paths = readdirSync(join(ROOT, 'src'), { encoding: 'utf8', recursive: true })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'));
  return paths.sort().map((path) => {
    const text = readFileSync(join(ROOT, 'src', path), 'utf8');
    const specifiers = [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g)].map(
      (match) => match[1] ?? '',
    );
    const isOwn = (specifier: string) => specifier.startsWith('.');
    return {
      path,
      text,
      imports: specifiers.filter(isOwn).map((specifier) => posix.join(posix.dirname(path), specifier)),
      packages: specifiers.filter((specifier) => !isOwn(specifier)),
    };
  });
}

/** `rest/client.ts` → `rest`, `config.ts` → `config`. */
function layerOf(path: string): string {
  if (ALSO_MAIN.includes(path)) return 'main';
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path.replace(/\.ts$/, '');
}

const rankOf = (path: string): number => LAYERS.indexOf(layerOf(path));
const isSimulator = (path: string): boolean => layerOf(path) === 'simulator';

/** The first way through `importsOf` that comes back to where it was; empty when there is none. */
function findCycle(
  names: Iterable<string>,
  importsOf: (name: string) => Iterable<string>,
): readonly string[] {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): readonly string[] => {
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name];
    if (done.has(name)) return [];
    for (const target of importsOf(name)) {
      const cycle = visit(target, [...trail, name]);
      if (cycle.length > 0) return cycle;
    }
    done.add(name);
    return [];
  };
  for (const name of names) {
    const cycle = visit(name, []);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

/** The folder within its layer that a file is in, or the file itself when it stands at the top of the layer. */
const roomOf = (path: string): string => (path.split('/').length > 2 ? posix.dirname(path) : path);

const importsOfRoom = (room: string): readonly string[] =>
  files
    .filter(({ path }) => roomOf(path) === room)
    .flatMap(({ imports }) => imports.map(roomOf))
    .filter((target) => target !== room);

/** `path → import`, for all imports that the test does not allow. */
const importsThat = (isWrong: (from: string, to: string) => boolean): readonly string[] =>
  files.flatMap(({ path, imports }) =>
    imports.filter((to) => isWrong(path, to)).map((to) => `${path} → ${to}`),
  );

describe('layers', () => {
  it('are all known', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(
      files.filter(({ path }) => rankOf(path) < 0 && !isSimulator(path)).map(({ path }) => path),
    ).toEqual([]);
  });

  it('import their own or a lower one', () => {
    const goesUp = (from: string, to: string) => rankOf(from) < rankOf(to);
    expect(importsThat((from, to) => !isSimulator(from) && !isSimulator(to) && goesUp(from, to))).toEqual([]);
  });

  it('know nothing of the simulator, which knows nothing but the domain; the top layer alone starts it', () => {
    const isAllowed = (from: string, to: string) =>
      isSimulator(from)
        ? isSimulator(to) || layerOf(to) === 'domain'
        : !isSimulator(to) || layerOf(from) === 'main';
    expect(importsThat((from, to) => !isAllowed(from, to))).toEqual([]);
  });

  it('have no import that goes in a circle', () => {
    expect(findCycle(fileAt.keys(), (path) => fileAt.get(path)?.imports ?? [])).toEqual([]);
  });

  it('have no folder that imports in a circle', () => {
    const rooms = new Set(files.map(({ path }) => roomOf(path)));
    expect(rooms).toContain('rest/wire');
    expect(findCycle(rooms, importsOfRoom)).toEqual([]);
  });

  it('import files that are there', () => {
    expect(importsThat((_from, to) => !fileAt.has(to))).toEqual([]);
  });

  it('keep resolvers free of GraphQL and HTTP', () => {
    const transports = ['graphql', 'graphql-yoga', '@pothos/core', 'undici', 'ws', 'node:http', 'node:https'];
    const offenders = files.filter(
      ({ path, packages }) =>
        layerOf(path) === 'resolvers' && packages.some((name) => transports.includes(name)),
    );
    expect(offenders.map(({ path }) => path)).toEqual([]);
  });

  it('keep the domain free of input and output', () => {
    const outside = files
      .filter(({ path }) => layerOf(path) === 'domain')
      .flatMap(({ packages }) => packages)
      .filter((name) => name.startsWith('node:') && !['node:crypto', 'node:buffer'].includes(name));
    expect(outside).toEqual([]);
  });

  it('read the environment at one place', () => {
    const readers = files
      .filter(({ text }) => /\bprocess\.env\b/.test(text))
      .map(({ path }) => layerOf(path));
    expect([...new Set(readers)]).toEqual(['main']);
  });
});

describe('files', () => {
  const pathsThat = (isWrong: (file: SourceFile) => boolean) => files.filter(isWrong).map(({ path }) => path);

  it(`have at most ${MAX_LINES} lines`, () => {
    expect(pathsThat(({ text }) => text.trimEnd().split('\n').length > MAX_LINES)).toEqual([]);
  });

  it('have names in kebab-case that say what is in them', () => {
    const grabBags = /^(utils?|helpers?|types|common|misc|shared|constants|interfaces)\.ts$/;
    expect(pathsThat(({ path }) => !/^([a-z0-9-]+\/)*[a-z0-9-]+\.ts$/.test(path))).toEqual([]);
    expect(pathsThat(({ path }) => grabBags.test(basename(path)))).toEqual([]);
    expect(pathsThat(({ path }) => basename(path) === 'index.ts' && path !== 'schema/index.ts')).toEqual([]);
  });

  it('export by name, and leave nothing to do later', () => {
    expect(pathsThat(({ text }) => /^export default\b/m.test(text))).toEqual([]);
    expect(pathsThat(({ text }) => /\b(TODO|FIXME|XXX)\b/.test(text))).toEqual([]);
    expect(pathsThat(({ text }) => /@ts-(ignore|expect-error|nocheck)|\bas any\b/.test(text))).toEqual([]);
  });
});
