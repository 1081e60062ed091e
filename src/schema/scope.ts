import type { GraphQLField, GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import type { OperationContext } from '../context.ts';
import { ForbiddenError } from '../domain/errors.ts';
import { hasScope, type Scope } from '../domain/viewer.ts';

type ScopeDeclaration = {
  /** Null: every caller that was let in may ask. */
  readonly scope: Scope | null;
};

/** The `extensions` of a root field that needs a scope: the provider's permission of the endpoint behind it. */
export const needsScope = (scope: Scope): ScopeDeclaration => ({ scope });

/** The `extensions` of a root field that every caller may ask. */
export const needsNoScope = (): ScopeDeclaration => ({ scope: null });

/** @throws ForbiddenError naming the scope that the caller lacks */
export function requireScope(scope: Scope, context: OperationContext): void {
  if (!hasScope(context.viewer, scope)) throw new ForbiddenError(`This needs the scope ${scope}.`);
}

/**
 * Puts the check before every root field, once per field and operation; nothing below is wrapped. A root field that
 * declares nothing fails the build: forgetting the scope must not open the field.
 */
export function guardRootFields(schema: GraphQLSchema): GraphQLSchema {
  const subscription = schema.getSubscriptionType();
  for (const root of [schema.getQueryType(), schema.getMutationType(), subscription]) {
    if (!root) continue;
    // A subscription is checked when it opens; its resolver runs for every event.
    const entry = root === subscription ? 'subscribe' : 'resolve';
    for (const field of Object.values(root.getFields())) guardField(field, entry, root.name);
  }
  return schema;
}

type RootField = GraphQLField<unknown, OperationContext>;

function guardField(field: RootField, entry: 'resolve' | 'subscribe', rootName: string): void {
  const { scope } = field.extensions as Partial<ScopeDeclaration>;
  const enter = field[entry];
  if (scope === undefined) throw new Error(`${rootName}.${field.name} declares no scope.`);
  if (enter === undefined) throw new Error(`${rootName}.${field.name} has nothing to ${entry}.`);
  if (scope === null) return;
  field.description = `${field.description ?? ''} Needs the scope \`${scope}\`.`;
  field[entry] = guarded(scope, enter);
}

const guarded =
  (
    scope: Scope,
    resolve: GraphQLFieldResolver<unknown, OperationContext>,
  ): GraphQLFieldResolver<unknown, OperationContext> =>
  (root, args, context, info) => {
    requireScope(scope, context);
    return resolve(root, args, context, info);
  };
