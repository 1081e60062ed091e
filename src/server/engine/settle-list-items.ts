import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isListType,
  isObjectType,
} from 'graphql';

type Resolver = GraphQLFieldResolver<unknown, unknown> & { readonly [SETTLES]?: true };

/** Marks a resolver that was wrapped, so that a schema that serves several servers is wrapped once. */
const SETTLES = Symbol('settles its items');

/**
 * Makes the lists that resolvers return ready for the compiler, which puts an item whose promise fails at whatever place
 * of the list is free at that moment: promises are settled first, and a failed item is handed over as the error it failed
 * with. To the interpreter that is the same. Only fields that are lists and have a resolver are concerned, not the fields
 * of their items.
 */
export function settleListItems(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields()))
      if (field.resolve !== undefined && isList(field.type)) field.resolve = settling(field.resolve);
  }
}

const isList = (type: GraphQLOutputType): boolean => isListType(getNullableType(type));

function settling(resolve: Resolver): Resolver {
  if (resolve[SETTLES]) return resolve;
  const wrapped: Resolver = (source, args, context, info) => {
    const result: unknown = resolve(source, args, context, info);
    return result instanceof Promise ? result.then(settleItems) : settleItems(result);
  };
  return Object.assign(wrapped, { [SETTLES]: true } as const);
}

function settleItems(items: unknown): unknown {
  if (!Array.isArray(items) || !items.some((item) => item instanceof Promise)) return items;
  return Promise.all(items.map((item) => (item instanceof Promise ? item.catch(asError) : item)));
}

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
