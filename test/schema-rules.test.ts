import { readFileSync } from 'node:fs';
import {
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  getNamedType,
  graphqlSync,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  validateSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { PAYMENT_SOURCES, PAYMENT_TYPES, PRICE_CHANGES } from '../src/domain/account.ts';
import { PERIODS, TRAFFIC_SOURCES } from '../src/domain/list-query.ts';
import { MESSAGE_STATUS_GROUPS, MESSAGE_STATUSES } from '../src/domain/message-status.ts';
import { ENCODINGS } from '../src/domain/segments.ts';
import { RECIPIENT_STATUSES } from '../src/domain/send.ts';
import { TRAFFIC_ITEM_SOURCES } from '../src/domain/traffic-item.ts';
import { USER_ERROR_CODES } from '../src/domain/user-error-code.ts';
import { SCOPES } from '../src/domain/viewer.ts';
import { schema } from '../src/schema/index.ts';
import { printSchemaSorted } from '../src/schema/print-schema.ts';

const types = Object.values(schema.getTypeMap()).filter(
  (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
);
const composites = types.filter((type) => isObjectType(type) || isInterfaceType(type));
const unions = types.filter(isUnionType);

const rootOf = (type: GraphQLObjectType | null | undefined): GraphQLObjectType => {
  if (!type) throw new Error('the schema lacks a root type');
  return type;
};
const query = rootOf(schema.getQueryType());
const mutation = rootOf(schema.getMutationType());
const subscription = rootOf(schema.getSubscriptionType());

const outputFields = composites.flatMap((type) =>
  Object.values(type.getFields()).map((field) => ({ name: `${type.name}.${field.name}`, field })),
);
const rootFields = [query, mutation, subscription].flatMap((root) =>
  Object.values(root.getFields()).map((field) => ({ root, field, name: `${root.name}.${field.name}` })),
);

describe('schema.graphql', () => {
  it('is a valid schema', () => {
    expect(validateSchema(schema)).toEqual([]);
  });

  it('is the printed schema: run `npm run schema` after a change', () => {
    expect(readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8')).toBe(printSchemaSorted());
  });
});

describe('descriptions', () => {
  const named = (
    parent: string,
    members: readonly { readonly name: string; readonly description?: string | null | undefined }[],
  ) => members.map(({ name, description }) => ({ name: `${parent}.${name}`, description }));

  const described: { readonly name: string; readonly description: string | null | undefined }[] =
    types.flatMap((type) => [{ name: type.name, description: type.description }, ...membersOf(type)]);

  function membersOf(type: GraphQLNamedType) {
    if (isEnumType(type)) return named(type.name, type.getValues());
    if (isInputObjectType(type)) return named(type.name, Object.values(type.getFields()));
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    const fields = Object.values(type.getFields());
    return [
      ...named(type.name, fields),
      ...fields.flatMap((field) => named(`${type.name}.${field.name}`, field.args)),
    ];
  }

  it('say what every type, field, argument, input member and enum value is', () => {
    expect(described.filter(({ description }) => !description?.trim()).map(({ name }) => name)).toEqual([]);
  });

  it('are sentences', () => {
    const unfinished = described.filter(({ description }) => !/^[A-Z0-9`].*[.]$/s.test(description ?? ''));
    expect(unfinished.map(({ name, description }) => `${name}: ${description}`)).toEqual([]);
  });

  it('say when a nullable leaf is null', () => {
    const silent = outputFields.filter(
      ({ field }) =>
        !isNonNullType(field.type) &&
        (field.type instanceof GraphQLScalarType || isEnumType(field.type)) &&
        !/null|Null/.test(field.description ?? ''),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('say of every status which filter group it is in, or why it is in none', () => {
    const groups = schema.getType('MessageStatusGroup');
    if (!isEnumType(groups)) throw new Error('MessageStatusGroup is no enum');
    const texts = [groups, ...groups.getValues()].map(({ description }) => description ?? '');
    for (const status of MESSAGE_STATUSES)
      expect(
        texts.filter((text) => text.includes(`\`${status}\``)),
        status,
      ).toHaveLength(1);
  });

  it('name the scope that a root field needs', () => {
    for (const { field, name } of rootFields) {
      const scope: unknown = field.extensions['scope'];
      if (scope !== null) expect(field.description, name).toContain(`Needs the scope \`${scope}\`.`);
    }
  });
});

describe('nullability', () => {
  /** Rows that fail alone, and parts that cost a REST call of their own. */
  const NULLABLE_ITEMS = ['Query.messagesById', 'Query.nodes'];
  const NULLABLE_LISTS = [
    'Query.payments',
    'Query.prices',
    'Query.webhookAttempts',
    'Stats.byCountry',
    'Stats.daily',
  ];

  it('has lists of non-null items, themselves non-null, but for those that may fail alone', () => {
    const spelled = (type: GraphQLOutputType): string => String(type).replace(/\w+/, 'T');
    for (const { field, name } of outputFields) {
      if (!String(field.type).includes('[')) continue;
      const expected = NULLABLE_ITEMS.includes(name)
        ? '[T]!'
        : NULLABLE_LISTS.includes(name)
          ? '[T!]'
          : '[T!]!';
      expect(spelled(field.type), name).toBe(expected);
    }
  });

  it('has nullable mutations, and nullable queries where the provider is called', () => {
    const LOCAL_OR_PER_ITEM = ['Query.estimate', 'Query.messagesById', 'Query.nodes', 'Query.viewer'];
    const strict = rootFields
      .filter(({ root, field }) => root !== subscription && isNonNullType(field.type))
      .map(({ name }) => name);
    expect(strict.toSorted()).toEqual(LOCAL_OR_PER_ITEM);
  });

  it('has input lists of non-null items', () => {
    const inputs = types.filter(isInputObjectType).flatMap((type) => Object.values(type.getFields()));
    const args = rootFields.flatMap(({ field }) => field.args);
    for (const { name, type } of [...inputs, ...args]) {
      const list = isNonNullType(type) ? type.ofType : type;
      if (isListType(list)) expect(isNonNullType(list.ofType), name).toBe(true);
    }
  });
});

describe('mutation outcomes', () => {
  it('are unions of one result and errors that implement UserError', () => {
    for (const field of Object.values(mutation.getFields())) {
      const outcome = getNamedType(field.type);
      expect(outcome.name).toBe(`${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}Outcome`);
      if (!isUnionType(outcome)) throw new Error(`${outcome.name} is no union`);
      const results = outcome.getTypes().filter((type) => !isUserError(type));
      expect(results, outcome.name).toHaveLength(1);
      expect(results[0]?.name).not.toMatch(/Error$/);
    }
  });

  it('have members that can be selected side by side', () => {
    for (const union of unions) {
      const shapes = new Map<string, string>();
      for (const field of union.getTypes().flatMap((type) => Object.values(type.getFields()))) {
        const known = shapes.get(field.name) ?? String(field.type);
        expect(String(field.type), `${union.name}: ${field.name}`).toBe(known);
        shapes.set(field.name, known);
      }
    }
  });

  it('give every error a message and a code of the one enum', () => {
    const errors = types.filter(isObjectType).filter((type) => type.name.endsWith('Error'));
    expect(errors.length).toBeGreaterThan(5);
    for (const error of errors) {
      expect(isUserError(error), error.name).toBe(true);
      expect(String(error.getFields()['code']?.type)).toBe('UserErrorCode!');
      expect(String(error.getFields()['message']?.type)).toBe('String!');
    }
  });

  const isUserError = (type: GraphQLObjectType) =>
    type.getInterfaces().some((implemented) => implemented.name === 'UserError');
});

describe('enums', () => {
  it.each([
    ['MessageStatus', MESSAGE_STATUSES],
    ['MessageStatusGroup', MESSAGE_STATUS_GROUPS],
    ['Encoding', ENCODINGS],
    ['Period', PERIODS],
    ['TrafficSource', TRAFFIC_SOURCES],
    ['TrafficItemSource', TRAFFIC_ITEM_SOURCES],
    ['RecipientStatus', RECIPIENT_STATUSES],
    ['PriceChange', PRICE_CHANGES],
    ['PaymentType', PAYMENT_TYPES],
    ['PaymentSource', PAYMENT_SOURCES],
    ['UserErrorCode', USER_ERROR_CODES],
  ] as const)('%s holds every value of the domain, and no other', (name, values) => {
    const type = schema.getType(name) as GraphQLEnumType;
    expect(
      type
        .getValues()
        .map((value) => value.value)
        .toSorted(),
    ).toEqual([...values].toSorted());
  });
});

describe('scopes', () => {
  const OPEN = ['Query.estimate', 'Query.viewer'];

  it("are declared at every root field, by the provider's names", () => {
    for (const { field, name } of rootFields) {
      const scope: unknown = field.extensions['scope'];
      if (OPEN.includes(name)) expect(scope, name).toBeNull();
      else expect(SCOPES, name).toContain(scope);
    }
  });

  it('are checked before anything else, at every root field that declares one', () => {
    for (const { root, field, name } of rootFields) {
      if (OPEN.includes(name)) continue;
      const enter = root === subscription ? field.subscribe : field.resolve;
      const context = { viewer: { scopes: [], workspace: 'main', subject: null, isSandbox: false } };
      expect(
        () => Reflect.apply(enter ?? (() => {}), field, [undefined, {}, context, undefined]),
        name,
      ).toThrow(`This needs the scope ${field.extensions['scope']}.`);
    }
  });
});

describe('connections', () => {
  const connections = types.filter(isObjectType).filter((type) => type.name.endsWith('Connection'));

  it('are forward only, with nodes and a total', () => {
    expect(connections.map((type) => type.name)).toEqual(['MessageConnection', 'TrafficConnection']);
    for (const type of connections) {
      expect(Object.keys(type.getFields()).toSorted()).toEqual(['edges', 'nodes', 'pageInfo', 'totalCount']);
    }
    for (const name of ['messages', 'traffic']) {
      const field: GraphQLField<unknown, unknown> | undefined = query.getFields()[name];
      const args = field?.args.map((arg) => `${arg.name}: ${arg.type} = ${arg.defaultValue}`).toSorted();
      expect(args?.slice(0, 1)).toEqual(['after: String = undefined']);
      expect(args?.at(-1)).toBe('first: Int! = 25');
    }
  });
});

it("makes objects with identity nodes, and shows the provider's id of messages", () => {
  const node = schema.getType('Node');
  if (!isInterfaceType(node)) throw new Error('Node is no interface');
  const names = schema.getPossibleTypes(node).map((type) => type.name);
  expect(names.toSorted()).toEqual(['Message', 'TrafficItem']);
});

it('answers introspection with every description', () => {
  const { errors } = graphqlSync({ schema, source: '{ __schema { types { name description } } }' });
  expect(errors).toBeUndefined();
});
