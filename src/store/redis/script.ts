import { createHash } from 'node:crypto';

/** A Lua script: what it does, the server does in one atomic step. */
export interface Script {
  readonly source: string;
  /** The name by which a server that has seen it runs it again. */
  readonly sha: string;
}

export const defineScript = (source: string): Script => ({
  source,
  sha: createHash('sha1').update(source).digest('hex'),
});
