import { createHash } from 'node:crypto';

/**
 * A Lua script: what it does, the server does in one atomic step.
 *
 * One thing can split the step: when the server's machine dies while the writes of a script are on their way to its
 * file, the first of them may come to life at the restart after the next one (the loader cuts the file inside the
 * transaction, and later writes complete it). Nothing of it was acknowledged; still, scripts write what others point
 * to last, or in an order in which the first part alone does no harm.
 */
export interface Script {
  readonly source: string;
  /** The name by which a server that has seen it runs it again. */
  readonly sha: string;
}

/**
 * @param flag `allow-oom` for what must go on when the memory of the server is full, because it frees some or adds none.
 *   A script without it is refused then before its first write, and changes nothing.
 */
export function defineScript(lines: string, flag?: 'allow-oom'): Script {
  const source = flag === undefined ? lines : `#!lua flags=${flag}\n${lines}`;
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
