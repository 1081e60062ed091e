import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILDS = join(ROOT, 'node_modules/.cache/gateway-builds');
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');
const KEPT_MS = 3_600_000;

/**
 * The path of `main.js` in a build of the sources as they are now, made when there is none yet: a process of compiled files
 * starts in a quarter of the time that one of sources takes, and it is what users run.
 */
export async function findBuiltProgram(): Promise<string> {
  const build = join(BUILDS, await hashSources());
  const program = join(build, 'dist/main.js');
  if (!(await exists(program))) await makeBuild(build);
  return program;
}

/** Changes with every source file, its size and its time. */
async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  const names = await readdir(join(ROOT, 'src'), { recursive: true });
  for (const name of ['../package.json', '../tsconfig.json', '../tsconfig.build.json', ...names.sort()]) {
    const { size, mtimeMs } = await stat(join(ROOT, 'src', name));
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Beside, and put in its place in one step: several test files may need it at once. */
async function makeBuild(build: string): Promise<void> {
  await mkdir(BUILDS, { recursive: true });
  await removeOldBuilds();
  const workshop = await mkdtemp(join(BUILDS, 'making-'));
  await copyFile(join(ROOT, 'package.json'), join(workshop, 'package.json'));
  const output = await compile(join(workshop, 'dist'));
  if (!(await exists(join(workshop, 'dist/main.js')))) throw new Error(`There is no build: ${output}`);
  try {
    await rename(workshop, build);
  } catch (error) {
    await rm(workshop, { recursive: true, force: true });
    if (!(await exists(build))) throw error; // else somebody else was faster
  }
}

/** Files with mistakes in their types are compiled all the same: `npm run check` tells of them. */
const compile = (folder: string): Promise<string> =>
  new Promise((resolve) => {
    const args = [
      COMPILER,
      '-p',
      join(ROOT, 'tsconfig.build.json'),
      '--outDir',
      folder,
      '--sourceMap',
      'false',
    ];
    execFile(process.execPath, args, (_error, stdout, stderr) => resolve(stdout + stderr));
  });

async function removeOldBuilds(): Promise<void> {
  for (const name of await readdir(BUILDS)) {
    const { mtimeMs } = await stat(join(BUILDS, name));
    if (Date.now() - mtimeMs > KEPT_MS) await rm(join(BUILDS, name), { recursive: true, force: true });
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
