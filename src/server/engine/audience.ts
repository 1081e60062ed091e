import type { Viewer } from '../../domain/viewer.ts';

const known = new WeakMap<Viewer, string>();

/** Names those who may see the same: answers are shared only between callers of one workspace and the same scopes. */
export function audienceOf(viewer: Viewer): string {
  const before = known.get(viewer);
  if (before !== undefined) return before;
  const audience = describe(viewer);
  known.set(viewer, audience);
  return audience;
}

const describe = ({ workspace, isSandbox, scopes }: Viewer): string =>
  JSON.stringify([workspace, isSandbox, scopes.toSorted()]);
