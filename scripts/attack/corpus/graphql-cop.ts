import { mustRefuse, type QueryAttack } from '../query-attack.ts';

// What graphql-cop asks, check by check, where a GraphQL request is enough; the others are in `cop-over-http.ts`.

const repeat = (count: number, write: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(' ');

const INTROSPECTION_CIRCLE =
  'query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }';
const CYCLIC_FRAGMENT =
  'query { __schema { ...A } } fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }';

export const GRAPHQL_COP: readonly QueryAttack[] = [
  {
    name: 'cop: alias overloading',
    run: async (ask) =>
      mustRefuse(
        await ask({ query: `query cop { ${repeat(101, (i) => `alias${i}: __typename`)} }` }),
        'A hundred aliases',
      ),
  },
  {
    name: 'cop: array-based batching',
    run: async (ask) =>
      mustRefuse(
        await ask(Array.from({ length: 10 }, () => ({ query: 'query cop { __typename }' }))),
        'A batch',
      ),
  },
  {
    name: 'cop: directive overloading',
    async run(ask) {
      const answer = await ask({ query: `query cop { __typename ${'@aa'.repeat(10)} }` });
      return answer.errors.length >= 10 ? ['Ten directives are looked at one by one.'] : [];
    },
  },
  {
    name: 'cop: circular introspection',
    run: async (ask) => mustRefuse(await ask({ query: INTROSPECTION_CIRCLE }), 'Circular introspection'),
  },
  {
    name: 'cop: circular fragments',
    run: async (ask) => mustRefuse(await ask({ query: CYCLIC_FRAGMENT }), 'A circle of fragments'),
  },
  {
    name: 'cop: field duplication',
    run: async (ask) =>
      mustRefuse(await ask({ query: `query cop { ${repeat(500, () => '__typename')} }` }), '500 repeats'),
  },
  {
    name: 'cop: field suggestions',
    async run(ask) {
      const { text } = await ask({ query: 'query cop { __schema { directive } }' });
      return text.includes('Did you mean') ? ['A field was suggested.'] : [];
    },
  },
  {
    name: 'cop: introspection',
    run: async (ask) =>
      mustRefuse(
        await ask({ query: 'query cop { __schema { types { name fields { name } } } }' }),
        'Introspection',
      ),
  },
  {
    name: 'cop: tracing',
    async run(ask) {
      const { text } = await ask({ query: 'query cop { __typename }' });
      return /"tracing"|"exception"|stacktrace/i.test(text) ? ['The answer holds a trace.'] : [];
    },
  },
  {
    name: 'cop: unhandled errors',
    async run(ask) {
      const { text } = await ask({ query: 'qwerty cop { abc }' });
      return /"exception"/i.test(text) ? ['An exception is shown.'] : [];
    },
  },
];
