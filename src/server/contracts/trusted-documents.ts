/** The documents that may run when nothing else may. */
export interface TrustedDocuments {
  /** The text of a document, or null when the manifest does not hold it. */
  find(documentId: string): string | null;
}
