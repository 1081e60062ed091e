import { readdir } from 'node:fs/promises';
import { basename, extname } from 'node:path';

/** Runs the benchmarks whose names are given, or all: `npm run bench page`. Each is a file beside this one with a `main`. */
const extension = extname(import.meta.url);
const names = (await readdir(new URL('.', import.meta.url)))
  .filter((file) => extname(file) === extension)
  .map((file) => basename(file, extension))
  .filter((name) => name !== 'run');
const wanted = process.argv.slice(2);

for (const name of names) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n── ${name}`);
  const bench = (await import(`./${name}${extension}`)) as { readonly main: () => Promise<void> };
  await bench.main();
}
process.exit(0);
