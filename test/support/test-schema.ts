import { setImmediate as nextTurn } from 'node:timers/promises';
import { buildSchema, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { OperationContext } from '../../src/context.ts';
import type { DeliveryReport } from '../../src/domain/delivery-report.ts';
import {
  BadUserInputError,
  CursorInvalidError,
  ForbiddenError,
  UpstreamRefusedError,
} from '../../src/domain/errors.ts';
import type { Hub } from '../../src/subscriptions/hub.ts';

/** Must never reach a client. */
export const CANARY = 'canary-7f3a91';

const SDL = /* GraphQL */ `
  scalar Fragile
  interface Named { name: String! }
  type Row implements Named { id: ID! name: String! note: String size: Int! tags: [String!]! parent: Row }
  type Problem { code: String! text: String! }
  union Outcome = Row | Problem
  enum Color { RED GREEN }
  input RowFilter { name: String, sizes: [Int!], color: Color = GREEN }

  type Query {
    hello: String
    echo(text: String!): String
    optional(number: Int! = 7): Int
    rows(first: Int! = 25, filter: RowFilter): [Row!]!
    "The filter as it arrived, as JSON."
    rowsAsked(filter: RowFilter): String
    outcome(isRow: Boolean!): Outcome
    named: Named
    whoAmI: String
    "Resolves when the test says so, or fails when the caller hangs up."
    patient: String
    refused: String
    crash: String
    crashLater: String
    crashInList: [String]
    "Items that come, and fail, in another order than they stand."
    lateItems: [String]
    lateRows: [Row]
    crashNonNull: String!
    fragile: Fragile
    fragileArgument(value: Fragile!): String
  }
  type Mutation {
    touch(name: String!): String
    patientTouch: String
  }
  type Subscription {
    "One tick for each report in the log of the workspace."
    ticks(after: String, since: String, label: String): Tick!
    refusedTicks: Tick!
    crashedTicks: Tick!
    crashingTicks: Tick!
  }
  type Tick { cursor: String! number: Int! label(text: String): String loaded: String! broken: String }
`;

export interface Tick {
  readonly cursor: string;
  readonly number: number;
}

/** What the resolvers of the schema tell the test, and wait for. */
export interface TestSchemaHooks {
  readonly onPatient?: (signal: AbortSignal) => Promise<string>;
  /** Called once for each event that is executed. */
  readonly onLoad?: (tick: Tick) => void;
}

/** A small schema whose every field does one thing to the transport around it. */
export function createTestSchema(given: TestSchemaHooks = {}): GraphQLSchema {
  const hooks = { onPatient: async () => 'patience', onLoad: () => {}, ...given };
  const schema = buildSchema(SDL);
  const fragile = schema.getType('Fragile') as {
    serialize: unknown;
    parseValue: unknown;
    parseLiteral: unknown;
  };
  fragile.serialize = crash;
  fragile.parseValue = crash;
  fragile.parseLiteral = crash;
  implement(schema, 'Query', queries(hooks));
  implement(schema, 'Mutation', {
    touch: (_root, { name }) => `touched ${name}`,
    patientTouch: (_root, _args, { hangUp }) => hooks.onPatient(hangUp.signal),
  });
  implement(schema, 'Tick', {
    label: (tick, { text }) => `${text}-${(tick as Tick).number}`,
    loaded: async (tick) => {
      hooks.onLoad(tick as Tick);
      return `loaded ${(tick as Tick).number}`;
    },
    broken: crash,
  });
  for (const [name, subscribe] of Object.entries(subscriptions)) {
    const field = (schema.getSubscriptionType() as GraphQLObjectType).getFields()[name];
    if (field === undefined) throw new Error(`no subscription ${name}`);
    field.subscribe = subscribe;
    field.resolve = (tick) => tick;
  }
  for (const name of ['Named', 'Outcome']) {
    const type = schema.getType(name) as { resolveType: unknown };
    type.resolveType = (value: { readonly code?: string }) => (value.code === undefined ? 'Row' : 'Problem');
  }
  return schema;
}

type Resolver = GraphQLFieldResolver<unknown, OperationContext>;

function implement(
  schema: GraphQLSchema,
  typeName: string,
  resolvers: Readonly<Record<string, Resolver>>,
): void {
  const fields = (schema.getType(typeName) as GraphQLObjectType).getFields();
  for (const [name, resolve] of Object.entries(resolvers)) {
    const field = fields[name];
    if (field === undefined) throw new Error(`no field ${typeName}.${name}`);
    field.resolve = resolve;
  }
}

function crash(): never {
  throw new Error(CANARY);
}

/** The last one first. */
function late<Item>(items: readonly (Item | Error)[]): readonly Promise<Item>[] {
  return items.map(async (item, index) => {
    for (let turn = index; turn < items.length; turn++) await nextTurn();
    if (item instanceof Error) throw item;
    return item;
  });
}

function row(index: number) {
  const parent =
    index === 0 ? null : { id: 'p', name: 'parent', note: null, size: 1, tags: [], parent: null };
  return { id: `row-${index}`, name: `Row ${index}`, note: null, size: index, tags: ['a', 'b'], parent };
}

const queries = ({ onPatient }: Required<TestSchemaHooks>): Readonly<Record<string, Resolver>> => ({
  hello: () => 'world',
  echo: (_root, { text }) => text,
  optional: (_root, { number }) => number,
  rows: async (_root, { first }) => Array.from({ length: first }, (_, index) => row(index)),
  rowsAsked: (_root, { filter }) => JSON.stringify(filter),
  outcome: (_root, { isRow }) => (isRow ? row(1) : { code: 'NO_ROW', text: 'There is none.' }),
  named: () => row(2),
  whoAmI: (_root, _args, { viewer }) => `${viewer.subject} in ${viewer.workspace}`,
  patient: (_root, _args, { hangUp }) => onPatient(hangUp.signal),
  refused: () => {
    throw new UpstreamRefusedError('The provider refused.', 'NO_SMS_ACCESS');
  },
  crash,
  crashLater: async () => crash(),
  lateItems: () => late(['first', null, 'third', new Error(CANARY), 'last']),
  lateRows: async () => late([row(1), new Error(CANARY), row(3)]),
  crashInList: () => ['fine', new Error(CANARY)],
  crashNonNull: crash,
  fragile: () => 'value',
  fragileArgument: () => 'never',
});

const subscriptions: Readonly<Record<string, Resolver>> = {
  ticks: (_root, { after, since }, { hub, viewer }) => {
    if (after && since) throw new BadUserInputError('Give either `after` or `since`.');
    return followTicks(hub, viewer.workspace, after ?? null);
  },
  refusedTicks: async () => {
    throw new ForbiddenError('This needs another scope.');
  },
  crashedTicks: async () => crash(),
  crashingTicks: async function* () {
    yield { cursor: 'c-1', number: 1 };
    crash();
  },
};

/** Cursors of ticks are positions of the log; `bad` is one that nobody sealed. */
function followTicks(hub: Hub, workspace: string, after: string | null): AsyncIterableIterator<Tick> {
  if (after === 'bad') throw new CursorInvalidError('The cursor is not one of ours.');
  const reports = hub.subscribe({ workspace, messageIds: null }, after);
  return {
    async next() {
      const step = await reports.next();
      if (step.done === true) return { done: true, value: undefined };
      const { report, position } = step.value;
      const tick = hub.derive(step.value, 'tick', () => ({ cursor: position, number: numberOf(report) }));
      return { done: false, value: tick };
    },
    async return() {
      await reports.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

const numberOf = ({ messageId }: DeliveryReport): number => Number(messageId.split('-')[1]);
