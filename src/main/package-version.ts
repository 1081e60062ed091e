import { readFileSync } from 'node:fs';

/** The version in package.json, which lies two folders up both from `src/main/` and from `dist/main/`. */
export function readPackageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String(version);
}
