/** The keys of the store in the database. Names of workspaces go in with their length, so that no two pairs can meet. */
export interface StoreKeys {
  readonly log: string;
  readonly epoch: string;
  readonly trimmedUpTo: string;
  timeline(workspace: string, messageId: string): string;
  send(workspace: string, idempotencyKey: string): string;
  readonly sendsByAge: string;
  readonly openSends: string;
  openByText(workspace: string, textHash: string): string;
  batch(workspace: string, stamp: string): string;
  readonly watches: string;
  readonly watchesByDue: string;
  lease(name: string): string;
  counter(key: string, windowMs: number, windowEndMs: number): string;
  readonly deadLetters: string;
  kept(name: string): string;
  /** Written only to see whether writes are taken. */
  readonly probe: string;
}

export const createStoreKeys = (prefix: string): StoreKeys => ({
  log: `${prefix}log`,
  epoch: `${prefix}epoch`,
  trimmedUpTo: `${prefix}trimmed-up-to`,
  timeline: (workspace, messageId) => `${prefix}timeline:${workspace.length}:${workspace}:${messageId}`,
  send: (workspace, idempotencyKey) => `${prefix}send:${workspace.length}:${workspace}:${idempotencyKey}`,
  sendsByAge: `${prefix}sends-by-age`,
  openSends: `${prefix}open-sends`,
  openByText: (workspace, textHash) => `${prefix}open-text:${workspace.length}:${workspace}:${textHash}`,
  batch: (workspace, stamp) => `${prefix}batch:${workspace.length}:${workspace}:${stamp}`,
  watches: `${prefix}watches`,
  watchesByDue: `${prefix}watches-by-due`,
  lease: (name) => `${prefix}lease:${name}`,
  counter: (key, windowMs, windowEndMs) => `${prefix}counter:${windowEndMs}:${windowMs}:${key}`,
  deadLetters: `${prefix}dead-letters`,
  kept: (name) => `${prefix}kept:${name}`,
  probe: `${prefix}probe`,
});
