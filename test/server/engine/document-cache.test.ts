import { GraphQLError, specifiedRules, type ValidationRule } from 'graphql';
import { describe, expect, it } from 'vitest';
import { LimitExceededError } from '../../../src/domain/errors.ts';
import { createDocumentCache } from '../../../src/server/engine/document-cache.ts';
import { createTestSchema } from '../../support/test-schema.ts';

const schema = createTestSchema();

function createCache(
  options: { readonly limitRules?: readonly ValidationRule[]; readonly hidesSchema?: boolean } = {},
) {
  let validations = 0;
  const countingRule: ValidationRule = () => {
    validations++;
    return {};
  };
  const check = createDocumentCache({
    schema,
    rules: [...specifiedRules, countingRule],
    limitRules: [],
    maxTokens: 50,
    hidesSchema: false,
    ...options,
  });
  return { check, countValidations: () => validations };
}

describe('the cache of documents', () => {
  it('parses and validates a document once, good or bad', () => {
    const { check, countValidations } = createCache();
    expect(check('{ hello }')).toBe(check('{ hello }'));
    expect(check('{ nothing }').errors).toHaveLength(1);
    expect(check('{ nothing }').errors).toHaveLength(1);
    expect(countValidations()).toBe(2);
  });

  it('forgets the documents that nobody asks for, however short they are', () => {
    const { check, countValidations } = createCache();
    for (let number = 0; number < 3_000; number++) check(`{ a${number}: hello }`);
    check('{ a0: hello }');
    expect(countValidations()).toBe(3_001);
    check('{ a2999: hello }');
    expect(countValidations()).toBe(3_001);
  });

  it('tells a document with too many tokens from one with a mistake', () => {
    const { check } = createCache();
    expect(() => check(`{ ${'hello '.repeat(60)} }`)).toThrow(LimitExceededError);
    expect(() => check('{ hello')).toThrow(GraphQLError);
  });

  it('looks no further at a document that is too much', () => {
    const limit: ValidationRule = (context) => {
      context.reportError(new GraphQLError('too much'));
      return {};
    };
    const { check, countValidations } = createCache({ limitRules: [limit] });
    expect(check('{ nothing }').errors.map(({ message }) => message)).toEqual(['too much']);
    expect(countValidations()).toBe(0);
  });

  it("says of a document only that it does not fit, where the schema is nobody's business", () => {
    const { check } = createCache({ hidesSchema: true });
    const { errors } = check('{ helo rowz { id } }');
    expect(errors.map(({ message }) => message)).toEqual([
      'The document does not fit the schema of this gateway.',
    ]);
  });
});
