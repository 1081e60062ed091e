import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  parse,
  type ValidationRule,
  validate,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { LimitExceededError } from '../../domain/errors.ts';

/** A document that was parsed and validated once; the verdict does not change while the schema stands. */
export interface CheckedDocument {
  readonly document: DocumentNode;
  /** Empty when it may run. */
  readonly errors: readonly GraphQLError[];
}

export interface DocumentCacheOptions {
  readonly schema: GraphQLSchema;
  /** Checked first and alone: a document that is too much is not looked at any further. */
  readonly limitRules: readonly ValidationRule[];
  readonly rules: readonly ValidationRule[];
  readonly maxTokens: number;
  /** True: callers may not learn the schema, and so not from errors either which of many guesses was right. */
  readonly hidesSchema: boolean;
}

/**
 * Characters of documents held. A character's share of the tree takes some 75 bytes, and of the planned operation 40:
 * that bounds the cache at about 60 MB.
 */
const MAX_CACHED_CHARACTERS = 500_000;
/** What the shortest document costs besides, in characters. */
const DOCUMENT_OVERHEAD = 200;
/** One document with everything wrong need not be told a thousand times. */
const MAX_ERRORS = 20;
const VALIDATION_FAILED = { code: 'GRAPHQL_VALIDATION_FAILED' } as const;
const TOKEN_LIMIT_MESSAGE = /contains more tha[nt] \d+ tokens/;

/**
 * Parses and validates a document once for all callers. Without it a small page costs ten times its execution.
 * The returned function throws a GraphQLError (syntax) or a LimitExceededError (too many tokens).
 */
export function createDocumentCache(options: DocumentCacheOptions): (text: string) => CheckedDocument {
  const cache = new LRUCache<string, CheckedDocument>({
    maxSize: MAX_CACHED_CHARACTERS,
    sizeCalculation: (_checked, text) => text.length + DOCUMENT_OVERHEAD,
  });
  return (text) => {
    const known = cache.get(text);
    if (known !== undefined) return known;
    const document = parseBounded(text, options.maxTokens);
    const excesses = validate(options.schema, document, options.limitRules, { maxErrors: MAX_ERRORS });
    const errors = excesses.length > 0 ? excesses : findMistakes(document, options);
    const checked = { document, errors };
    cache.set(text, checked);
    return checked;
  };
}

function findMistakes(document: DocumentNode, options: DocumentCacheOptions): readonly GraphQLError[] {
  const mistakes = validate(options.schema, document, options.rules, { maxErrors: MAX_ERRORS });
  const [first] = mistakes;
  if (!options.hidesSchema || first === undefined) return onceEach(mistakes).map(withCode);
  return [
    new GraphQLError('The document does not fit the schema of this gateway.', {
      nodes: first.nodes ?? null,
      extensions: VALIDATION_FAILED,
    }),
  ];
}

const withCode = ({ message, nodes, originalError }: GraphQLError): GraphQLError =>
  new GraphQLError(message, {
    nodes: nodes ?? null,
    originalError: originalError ?? null,
    extensions: VALIDATION_FAILED,
  });

/** The same mistake made ten times is told once. */
const onceEach = (mistakes: readonly GraphQLError[]): readonly GraphQLError[] =>
  mistakes.filter(
    ({ message }, index) => mistakes.findIndex((earlier) => earlier.message === message) === index,
  );

function parseBounded(text: string, maxTokens: number): DocumentNode {
  try {
    return parse(text, { maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError && TOKEN_LIMIT_MESSAGE.test(error.message))
      throw new LimitExceededError(`The document has more than ${maxTokens} tokens.`);
    if (!(error instanceof GraphQLError)) throw error;
    const { message, source, positions } = error;
    throw new GraphQLError(message, { source, positions, extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
  }
}
