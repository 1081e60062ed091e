import type { DocumentNode, ValidationRule } from 'graphql';

export interface OperationToCheck {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  /** As the caller sent them, before coercion. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What a document may ask for; the same on HTTP, SSE and WebSocket. */
export interface QueryLimits {
  /** Lexical tokens a document may have; the parser stops there. */
  readonly maxTokens: number;
  /** Limits that depend on the document alone; their verdict is cached with it. */
  readonly validationRules: readonly ValidationRule[];
  /**
   * Limits that depend on the variables too: cost in rows and REST calls.
   * @throws LimitExceededError
   */
  checkOperation(operation: OperationToCheck): void;
}
