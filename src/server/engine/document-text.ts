import { BadUserInputError } from '../../domain/errors.ts';
import type { TrustedDocuments } from '../contracts/trusted-documents.ts';
import type { GraphqlParams } from './graphql-params.ts';

/**
 * The document that a request asks for. With trusted documents on, nothing else runs.
 * @throws BadUserInputError
 */
export function documentText({ query, documentId }: GraphqlParams, trusted: TrustedDocuments | null): string {
  if (trusted === null) {
    if (query === null) throw new BadUserInputError('This gateway holds no documents: send a `query`.');
    return query;
  }
  const text = documentId === null ? null : trusted.find(documentId);
  if (text === null)
    throw new BadUserInputError('Only trusted documents run here: send the `documentId` of one of them.');
  return text;
}
