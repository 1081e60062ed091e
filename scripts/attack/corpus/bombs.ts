import { mustRefuse, type QueryAttack } from '../query-attack.ts';

const repeat = (count: number, write: (index: number) => string, separator = ' '): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(separator);

/** A document that doubles with every fragment: two to the power of `levels` fields in the end. */
const doublingFragments = (levels: number): string =>
  `query { viewer { ...F0 } } ${repeat(levels, (i) => `fragment F${i} on Viewer { ...F${i + 1} ... { ...F${i + 1} } }`)} fragment F${levels} on Viewer { workspace }`;

const doublingAliases = (levels: number): string =>
  `{ ...F0 } ${repeat(levels, (i) => `fragment F${i} on Query { ...F${i + 1} a${i}: viewer { workspace } }`)} fragment F${levels} on Query { viewer { workspace } }`;

const LONG_NAME = 'a'.repeat(60_000);
const SEND = 'sendSms(input: { to: ["+447900000001"], text: "x", sender: "Attack" }) { __typename }';

const BOMBS: Readonly<Record<string, string>> = {
  'a thousand aliases of a costly field': `{ ${repeat(300, (i) => `a${i}: balance { amount }`)} }`,
  'aliases of __typename': `{ ${repeat(16, (i) => `a${i}: __typename`)} }`,
  'aliases below the root': `{ messages { nodes { ${repeat(40, (i) => `a${i}: deliveryReports { status }`)} } } }`,
  'aliases in fragments that are spread often': `{ ${repeat(9, (i) => `m${i}: messages { nodes { ...A } }`)} } fragment A on Message { a: text b: text c: text }`,
  'aliased sends': `mutation { ${repeat(15, (i) => `s${i}: ${SEND}`)} }`,
  'sends hidden in fragments': `mutation { ...A ...B } fragment A on Mutation { a: ${SEND} } fragment B on Mutation { b: ${SEND} }`,
  'sends hidden in inline fragments': `mutation { ... { a: ${SEND} } ... on Mutation { b: ${SEND} } }`,
  'fragments that go in a circle':
    '{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }',
  'a fragment of itself': '{ viewer { ...A } } fragment A on Viewer { workspace ...A }',
  'a circle through fields': '{ node(id: "x") { ...A } } fragment A on Node { id ... on Message { ...A } }',
  'fields 5,000 deep': `{ ${'viewer { '.repeat(5000)}x${' }'.repeat(5000)} }`,
  'selections 300 deep': `{ ${'node(id: "x") { '.repeat(300)}id${' }'.repeat(300)} }`,
  'lists 20,000 deep': `{ messagesById(messageIds: ${'['.repeat(20_000)}${']'.repeat(20_000)}) { text } }`,
  'lists 450 deep': `{ messagesById(messageIds: ${'['.repeat(450)}${']'.repeat(450)}) { text } }`,
  'objects 300 deep': `{ messages(filter: ${'{ period: '.repeat(300)}TODAY${' }'.repeat(300)}) { totalCount } }`,
  'a type 400 deep': `query($v: ${'['.repeat(400)}Int${']'.repeat(400)}) { viewer { workspace } }`,
  'inline fragments 400 deep': `{ ${'... { '.repeat(400)}__nothing${' }'.repeat(400)} }`,
  'a thousand operations': repeat(300, (i) => `query Q${i} { viewer { workspace } }`),
  'a thousand variables': `query(${repeat(400, (i) => `$v${i}: Int`)}) { viewer { workspace } }`,
  'a thousand arguments': `{ viewer(${repeat(300, (i) => `a${i}: 1`)}) { workspace } }`,
  'a thousand directives': `{ viewer ${repeat(300, () => '@skip(if: false)')} { workspace } }`,
  'repeatable-looking directives': `{ viewer ${repeat(11, (i) => `@d${i}`)} { workspace } }`,
  'fields that overlap thousandfold': `{ viewer { ${repeat(900, () => 'workspace')} } }`,
  'overlap hidden in fragments': `{ viewer { ${repeat(120, () => '...A')} } } fragment A on Viewer { ...B ...B } fragment B on Viewer { workspace workspace }`,
  'a name of 60,000 letters': `{ ${LONG_NAME} }`,
  'a hundred thousand rows': '{ messages(first: 100000) { totalCount } }',
  'rows by aliases': `{ ${repeat(10, (i) => `m${i}: messages(first: 101) { totalCount }`)} }`,
  'a minus': '{ messages(first: -1) { totalCount } }',
  'an endless number': `{ messages(first: ${'9'.repeat(20_000)}) { totalCount } }`,
  'a block string that never ends': `{ estimate(text: """${'"'.repeat(2)}`,
  'a hundred thousand comments': `${'#\n'.repeat(60_000)}{`,
  'only commas': ','.repeat(120_000),
  'control characters': '{ viewer { workspace\u0000\u0007\u001b[31m } }',
  'a lone surrogate': '{ viewer { workspac\ud800e } }',
  'a wrong escape': '{ estimate(text: "\\u{110000}") { segments } }',
};

/** What may be answered, as long as it is answered at once. */
const HARMLESS: Readonly<Record<string, string>> = {
  'a field 390 times': `{ viewer { ${repeat(390, () => 'workspace')} } }`,
  'overlap hidden in inline fragments': `{ viewer { ${repeat(200, () => '... { workspace }')} } }`,
  'inline fragments 300 deep': `{ ${'... { '.repeat(300)}viewer { workspace }${' }'.repeat(300)} }`,
  'fragments one in another 120 times': `{ ...F0 } ${repeat(120, (i) => `fragment F${i} on Query { ...F${i + 1} }`)} fragment F120 on Query { viewer { workspace } }`,
  'fragments that double 8 times': doublingFragments(8),
  'overlap that is compared pair by pair': `{ ${repeat(90, () => 'viewer { workspace scopes isSandbox }')} }`,
  'a text of 60,000 characters': `{ estimate(text: "${'€'.repeat(20_000)}") { segments nonGsmCharacters { character } } }`,
};

/** A bomb takes minutes, or for ever; a busy machine some seconds. */
const MOST_MS = 8000;
/** What is seen more than once is compiled: that must not be the bomb. In the short form three transports are enough. */
const ROUNDS = 4;

/** Documents that are small to send and endless to look at. */
export const BOMB_ATTACKS: readonly QueryAttack[] = [
  ...Object.entries(BOMBS).map(([name, query]) => bomb(name, query, true)),
  bomb('fragments that double 60 times', doublingFragments(60), true),
  bomb('fragments that add up 60 times', doublingAliases(60), true),
  ...Object.entries(HARMLESS).map(([name, query]) => bomb(name, query, false)),
];

function bomb(name: string, query: string, isRefused: boolean): QueryAttack {
  return {
    name: `bomb: ${name}`,
    async run(ask, { isShort }) {
      const findings: string[] = [];
      for (let round = 0; round < (isShort ? 1 : ROUNDS); round++) {
        const startedAt = performance.now();
        const answer = await ask({ query });
        const took = Math.round(performance.now() - startedAt);
        if (isRefused) findings.push(...mustRefuse(answer, 'It'));
        if (took > MOST_MS) findings.push(`It took ${took} ms.`);
      }
      return findings;
    },
  };
}
