import { type DocumentNode, GraphQLError, type GraphQLSchema, type ValidationRule } from 'graphql';
import type { LimitsConfig } from '../../config/limits.ts';
import { LimitExceededError } from '../../domain/errors.ts';
import { operationCost } from '../../schema/complexity.ts';
import type { QueryLimits } from '../contracts/query-limits.ts';
import { countDirectives, measureOperations, type OperationShape } from './document-shape.ts';

/**
 * The standard introspection query goes 13 deep with the nine levels of `ofType` that tools ask for; some ask for
 * more. Loops through `fields { type { fields` are bounded by a rule of graphql itself.
 */
const MAX_INTROSPECTION_DEPTH = 20;

/** The limits of every transport. Each that is passed is told in a sentence of its own, all of them at once. */
export function createQueryLimits(limits: LimitsConfig, schema: GraphQLSchema): QueryLimits {
  return {
    maxTokens: limits.tokens,
    validationRules: [limitDocument(limits)],
    checkOperation(operation) {
      const { upstreamCalls, rows } = operationCost(schema, operation);
      if (rows > limits.rows)
        throw new LimitExceededError(
          `The operation may answer ${rows} rows; at most ${limits.rows} are allowed. Ask for fewer, or in several operations.`,
        );
      if (upstreamCalls > limits.upstreamCalls)
        throw new LimitExceededError(
          `The operation may take ${upstreamCalls} calls to the provider; at most ${limits.upstreamCalls} are allowed.`,
        );
    },
  };
}

/** One pass over the whole document before the standard rules see its first node. */
const limitDocument =
  (limits: LimitsConfig): ValidationRule =>
  (context) => {
    for (const sentence of describeExcesses(context.getDocument(), limits))
      context.reportError(
        new GraphQLError(sentence, {
          originalError: new LimitExceededError(sentence),
          extensions: { code: 'LIMIT_EXCEEDED' },
        }),
      );
    return {};
  };

function describeExcesses(document: DocumentNode, limits: LimitsConfig): readonly string[] {
  const sentences = measureOperations(document).flatMap((shape) => describeExcessesOf(shape, limits));
  const directives = countDirectives(document);
  if (directives > limits.directives)
    sentences.push(`The document has ${directives} directives; ${atMost(limits.directives)}.`);
  return [...new Set(sentences)];
}

function describeExcessesOf(shape: OperationShape, limits: LimitsConfig): string[] {
  const sentences: string[] = [];
  if (shape.depth > limits.depth)
    sentences.push(`The operation nests fields ${shape.depth} deep; ${atMost(limits.depth)}.`);
  if (shape.introspectionDepth > MAX_INTROSPECTION_DEPTH)
    sentences.push(
      `The introspection nests fields ${shape.introspectionDepth} deep; ${atMost(MAX_INTROSPECTION_DEPTH)}.`,
    );
  if (shape.aliases > limits.aliases)
    sentences.push(
      `The operation has ${describeCount(shape.aliases)} aliases, counting fragments as often as they are spread; ${atMost(limits.aliases)}.`,
    );
  if (shape.fields > limits.fields)
    sentences.push(
      `The operation has ${describeCount(shape.fields)} fields, counting fragments as often as they are spread; ${atMost(limits.fields)}.`,
    );
  if (shape.rootFields > limits.rootFields)
    sentences.push(`The operation has ${shape.rootFields} root fields; ${atMost(limits.rootFields)}.`);
  if (shape.type === 'mutation' && shape.callingRootFields > limits.mutationRootFields)
    sentences.push(
      `The mutation has ${shape.callingRootFields} root fields; ${atMost(limits.mutationRootFields)}.`,
    );
  return sentences;
}

const atMost = (limit: number): string => (limit === 1 ? 'one is allowed' : `at most ${limit} are allowed`);

/** Fragments that double each other reach numbers that nobody can read. */
const describeCount = (count: number): string => (count > 10_000 ? 'more than 10000' : String(count));
