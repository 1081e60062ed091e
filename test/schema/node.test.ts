import { expect, it } from 'vitest';
import { encodeNodeId } from '../../src/domain/node-id.ts';
import { openTestGateway } from '../support/open-test-gateway.ts';

const NODES = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
const openWithMessages = () =>
  openTestGateway({ account: { history: { days: 2, messages: 4, campaignMessages: 2 } } });

it('answers nodes of both types in the order asked, with null and an error of its own for an unusable id', async () => {
  const gateway = await openWithMessages();
  const { data: lists } = await gateway.run('{ messages { nodes { id } } traffic { nodes { id } } }');
  const { messages, traffic } = lists as Record<'messages' | 'traffic', { nodes: { id: string }[] }>;
  const message = messages.nodes[1]?.id ?? '';
  const item = traffic.nodes[0]?.id ?? '';
  const gone = encodeNodeId('Message', 'api_42_1743667200123456789_0000000000000000');
  const { data, errors } = await gateway.run(NODES, { ids: [item, gone, 'rubbish', message] });
  expect(data).toEqual({
    nodes: [{ __typename: 'TrafficItem', id: item }, null, null, { __typename: 'Message', id: message }],
  });
  expect(errors).toMatchObject([
    { code: 'BAD_USER_INPUT', path: ['nodes', 2], message: 'ids.2 is not an id of this gateway.' },
  ]);
});

it.each(['rubbish', '', 'TWVzc2FnZTo', 'VXNlcjox'])(
  'refuses the id "%s", naming the argument',
  async (id) => {
    const gateway = await openWithMessages();
    const { data, errors } = await gateway.run('query ($id: ID!) { node(id: $id) { id } }', { id });
    expect(data).toEqual({ node: null });
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', message: 'id is not an id of this gateway.' }]);
  },
);

it('refuses more than 100 ids', async () => {
  const gateway = await openWithMessages();
  const ids = Array.from({ length: 101 }, (_, index) => encodeNodeId('Message', `api_${index}`));
  const { errors, calls } = await gateway.run(NODES, { ids });
  expect(errors).toMatchObject([
    { code: 'BAD_USER_INPUT', message: 'ids must hold at most 100 ids; it held 101.' },
  ]);
  expect(calls).toBe(0);
});
