import { randomUUID } from 'node:crypto';

/** One owner an attempt, so that two attempts of one process never mix: `{process}/{attempt}`. */
export const newOwner = (processId: string): string => `${processId}/${randomUUID()}`;

/** The process at work on a claim. */
export const processOf = (owner: string): string => owner.slice(0, owner.lastIndexOf('/'));
