import type { QueryAttack } from '../query-attack.ts';
import { findUnaskedNames, readSchemaNames } from '../schema-names.ts';

interface Probe {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

// The messages that clairvoyance and its kin rebuild a schema from: what stands nearly right is corrected, what is
// right but incomplete is completed, what is of the wrong type is told the right one.
const PROBES: Readonly<Record<string, readonly Probe[]>> = {
  'names of fields': [
    { query: '{ mesages { totalCount } }' },
    { query: '{ balanc { amount } }' },
    { query: '{ viewer { workspac scope isSandbo } }' },
    { query: '{ message(messageId: "x") { imwrongfield recipien countr } }' },
    { query: 'mutation { sendSm }' },
    { query: 'subscription { messageStatusChange }' },
  ],
  'types of fields': [
    { query: '{ messages }' },
    { query: '{ viewer }' },
    { query: '{ viewer { workspace { lol } } }' },
    { query: '{ prices { rate { lol } } }' },
    { query: 'mutation { exportMessages { lol } }' },
    { query: 'mutation { sendSms { __typename } }' },
    { query: '{ node(id: "x") { text } }' },
    { query: '{ stats { daily { sent } } ... on Viewer { scopes } }' },
  ],
  'names of arguments': [
    { query: '{ messages(firs: 1) { totalCount } }' },
    { query: '{ message(id: "x") { text } }' },
    { query: '{ message { text } }' },
    { query: '{ estimate { segments } }' },
    { query: '{ viewer @includ(if: true) { workspace } }' },
    { query: '{ viewer @include(i: true) { workspace } }' },
  ],
  'types of arguments': [
    { query: '{ messages(first: "42") { totalCount } }' },
    { query: '{ messages(filter: 42) { totalCount } }' },
    { query: '{ messages(filter: { period: 42 }) { totalCount } }' },
    { query: '{ messages(filter: { from: 42 }) { totalCount } }' },
    { query: '{ messages(filter: { country: 42 }) { totalCount } }' },
    { query: 'mutation { sendSms(input: 42) { __typename } }' },
    { query: 'query($v: Int) { messages(filter: $v) { totalCount } }', variables: { v: 1 } },
    { query: 'query($v: String) { message(messageId: $v) { text } }', variables: { v: 'x' } },
  ],
  'values of enums': [
    { query: '{ messages(filter: { period: LAST_7_DAY }) { totalCount } }' },
    { query: '{ messages(filter: { statusGroup: DELIVERE }) { totalCount } }' },
    { query: '{ messages(filter: { period: "TODAY" }) { totalCount } }' },
    {
      query: 'query($p: Period) { messages(filter: { period: $p }) { totalCount } }',
      variables: { p: 'TODAI' },
    },
  ],
  'members of inputs': [
    { query: '{ messages(filter: { countr: "GB" }) { totalCount } }' },
    { query: '{ messages(filter: { phone: "1" }) { totalCount } }' },
    { query: 'mutation { sendSms(input: {}) { __typename } }' },
    { query: 'mutation { sendSms(input: { txt: "x" }) { __typename } }' },
    {
      query: 'mutation($i: SendSmsInput!) { sendSms(input: $i) { __typename } }',
      variables: { i: { tex: 'x', numbers: 7 } },
    },
    {
      query: 'query($f: MessageFilter) { messages(filter: $f) { totalCount } }',
      variables: { f: { senderr: 'x', perio: 'x' } },
    },
  ],
  'names of types': [
    { query: 'query($f: MessageFilte) { messages(filter: $f) { totalCount } }' },
    { query: '{ node(id: "x") { ... on Messag { text } } }' },
    { query: 'fragment A on Messages { text } query { node(id: "x") { ...A } }' },
    { query: '{ viewer { ... on Message { text } } }' },
    { query: '{ __type(name: "Message") { name } }' },
  ],
};

const schemaNames = readSchemaNames();

/** Not one name of the schema is told to somebody who did not know it. */
export const CLAIRVOYANCE: readonly QueryAttack[] = Object.entries(PROBES).map(([what, probes]) => ({
  name: `clairvoyance: ${what}`,
  async run(ask) {
    const findings = probes.map(async (probe) => {
      const { errors } = await ask(probe);
      const asked = JSON.stringify(probe);
      return errors.flatMap(({ message }) => [
        ...findUnaskedNames(message, asked, schemaNames).map((name) => `${name} was told by: ${message}`),
        ...(/did you mean/i.test(message) ? [`A name was suggested: ${message}`] : []),
      ]);
    });
    return (await Promise.all(findings)).flat();
  },
}));
