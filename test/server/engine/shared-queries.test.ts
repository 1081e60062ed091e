import { buildSchema, type GraphQLSchema } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OperationContext } from '../../../src/context.ts';
import type { Viewer } from '../../../src/domain/viewer.ts';
import { createErrorPresenter } from '../../../src/server/engine/error-presenter.ts';
import { createGraphqlEngine } from '../../../src/server/engine/graphql-engine.ts';
import { createContextFactory } from '../../../src/server/engine/operation-context.ts';
import {
  createOperationRunner,
  type OperationOutcome,
  type OperationRunner,
} from '../../../src/server/engine/operation-runner.ts';
import { startTestGateway, type TestGateway } from '../../support/test-gateway.ts';

const VIEWER: Viewer = {
  subject: 'a',
  workspace: 'default',
  scopes: ['sms.read', 'sms.send'],
  isSandbox: false,
};
const QUERY = 'query Slow($key: String) { slow(key: $key) }';

interface Execution {
  readonly context: OperationContext;
  readonly end: (value: string) => void;
  readonly fail: (error: Error) => void;
}

let executions: Execution[];
let gateway: TestGateway;
let runner: OperationRunner;

beforeEach(async () => {
  executions = [];
  const schema = createSlowSchema((context) => {
    context.provider.cost.calls += 3;
    context.provider.cost.cached += 1;
    return new Promise<string>((end, fail) => executions.push({ context, end, fail }));
  });
  gateway = await startTestGateway({ schema, workspaces: ['default', 'other'] });
  const contexts = createContextFactory(gateway.parts, () => 'http://localhost');
  const engine = createGraphqlEngine(gateway.parts, contexts.forEvent);
  const presentError = createErrorPresenter(gateway.parts.logger, { hidesSchema: false });
  runner = createOperationRunner({
    ...gateway.parts,
    ...{ engine, presentError, createContext: contexts.forOperation },
  });
});
afterEach(() => gateway.close());

function createSlowSchema(execute: (context: OperationContext) => Promise<string>): GraphQLSchema {
  const schema = buildSchema('type Query { slow(key: String): String } type Mutation { slow: String }');
  for (const root of [schema.getQueryType(), schema.getMutationType()]) {
    const field = root?.getFields()['slow'];
    if (field) field.resolve = (_root, _args, context: OperationContext) => execute(context);
  }
  return schema;
}

interface Asked {
  readonly query?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly viewer?: Viewer;
  readonly requestId?: string;
  readonly hangUp?: AbortController;
}

function ask(asked: Asked = {}): Promise<OperationOutcome> {
  const { query = QUERY, variables = {}, viewer = VIEWER, requestId = 'r' } = asked;
  const caller = { requestId, viewer, hangUp: asked.hangUp ?? new AbortController() };
  const params = { query, documentId: null, operationName: null, variables };
  const operation = runner.prepare({ params, lastEventId: null, caller });
  if (operation.kind === 'refusal') throw new Error(JSON.stringify(operation.errors));
  return operation.run();
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

const bodyOf = async (outcome: Promise<OperationOutcome>): Promise<unknown> => {
  const settled = await outcome;
  if (settled.kind !== 'result') throw new Error(`it was a ${settled.kind}`);
  return JSON.parse(settled.body);
};

describe('a query asked several times in one turn', () => {
  it('is executed once, and everyone is told what it cost', async () => {
    const answers = [ask(), ask(), ask()];
    await nextTurn();
    expect(executions).toHaveLength(1);
    executions[0]?.end('done');
    const data = { slow: 'done' };
    expect(await Promise.all(answers.map(bodyOf))).toEqual([
      { data, extensions: { upstream: { calls: 3, coalesced: 0, cached: 1 } } },
      { data, extensions: { upstream: { calls: 0, coalesced: 3, cached: 1 } } },
      { data, extensions: { upstream: { calls: 0, coalesced: 3, cached: 1 } } },
    ]);
  });

  it('is counted as often as it was asked', async () => {
    const answers = [ask(), ask(), ask()];
    await nextTurn();
    executions[0]?.end('done');
    await Promise.all(answers);
    expect(await gateway.parts.metrics.render()).toContain(
      'gateway_operations_total{type="query",outcome="ok"} 3',
    );
  });

  it('gives each caller its own request id when it fails', async () => {
    const answers = [ask({ requestId: 'first' }), ask({ requestId: 'second' })];
    await nextTurn();
    executions[0]?.fail(new Error('no'));
    const bodies = (await Promise.all(answers.map(bodyOf))) as { errors: { extensions: object }[] }[];
    expect(bodies.map(({ errors }) => errors[0]?.extensions)).toMatchObject([
      { requestId: 'first' },
      { requestId: 'second' },
    ]);
  });

  it('goes on while one of its callers waits, and stops when the last has left', async () => {
    const hangUps = [new AbortController(), new AbortController(), new AbortController()];
    for (const hangUp of hangUps) void ask({ hangUp });
    await nextTurn();
    const signal = executions[0]?.context.hangUp.signal;
    hangUps[0]?.abort();
    hangUps[2]?.abort();
    expect(signal?.aborted).toBe(false);
    hangUps[1]?.abort();
    expect(signal?.aborted).toBe(true);
  });

  it('is not joined by one who comes when all others have left', async () => {
    const hangUp = new AbortController();
    void ask({ hangUp });
    for (let turns = 0; executions.length === 0; turns++) await Promise.resolve(turns);
    expect(executions[0]?.context.hangUp.signal.aborted).toBe(false);
    hangUp.abort();
    const late = ask();
    await nextTurn();
    expect(executions).toHaveLength(2);
    executions[1]?.end('late');
    expect(await bodyOf(late)).toMatchObject({ data: { slow: 'late' } });
  });
});

describe('what is not the same is executed on its own', () => {
  it.each<[string, Asked]>([
    ['other variables', { variables: { key: 'b' } }],
    ['another document', { query: '{ slow }' }],
    ['other scopes', { viewer: { ...VIEWER, scopes: ['sms.read'] } }],
    ['another name', { viewer: { ...VIEWER, subject: 'b' } }],
    ['no name', { viewer: { ...VIEWER, subject: null } }],
    ['another workspace', { viewer: { ...VIEWER, workspace: 'other' } }],
  ])('%s', async (_name, other) => {
    void ask();
    void ask(other);
    await nextTurn();
    expect(executions).toHaveLength(2);
  });

  it('a query of a later turn, though the first still runs', async () => {
    void ask();
    await nextTurn();
    await nextTurn();
    void ask();
    await nextTurn();
    expect(executions).toHaveLength(2);
  });

  it('a mutation, always', async () => {
    const query = 'mutation { slow }';
    void ask({ query });
    void ask({ query });
    await nextTurn();
    expect(executions).toHaveLength(2);
  });

  it('but the same scopes in another order are the same', async () => {
    void ask();
    void ask({ viewer: { ...VIEWER, scopes: VIEWER.scopes.toReversed() } });
    await nextTurn();
    expect(executions).toHaveLength(1);
  });
});
