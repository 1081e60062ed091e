import type { TrustedDocuments } from '../contracts/trusted-documents.ts';

/** The documents of a manifest by id. Ids are matched whole; a `sha256:` before a hash may be given or left out. */
export function createTrustedDocuments(manifest: ReadonlyMap<string, string>): TrustedDocuments {
  return {
    find: (documentId) =>
      manifest.get(documentId) ??
      manifest.get(
        documentId.startsWith(HASH_PREFIX) ? documentId.slice(HASH_PREFIX.length) : HASH_PREFIX + documentId,
      ) ??
      null,
  };
}

const HASH_PREFIX = 'sha256:';
