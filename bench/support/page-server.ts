import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import { pino } from 'pino';
import { startTestGateway } from '../../test/support/test-gateway.ts';
import { PAGE_ROWS } from './page-rows.ts';

/** Runs in a process of its own, so that its CPU time is the server's alone: `gateway` or `floor`. */
const port = process.argv[2] === 'floor' ? await startFloor() : await startGateway();

process.on('message', () => process.send?.({ cpuMicros: cpuMicros() }));
process.send?.({ port });
process.on('SIGTERM', () => process.exit(0));

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function startGateway(): Promise<number> {
  const schema = buildSchema(`
    scalar DateTime scalar Decimal scalar PhoneNumber
    enum Encoding { GSM_7 UCS_2 } enum Status { DELIVERED PENDING }
    type Message { id: ID! messageId: String! recipient: PhoneNumber! sender: String! text: String! encoding: Encoding!
      segments: Int status: Status! cost: Decimal createdAt: DateTime! }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    type MessageConnection { nodes: [Message!]! pageInfo: PageInfo! }
    type Query { messages(first: Int!, nonce: Int): MessageConnection }
  `);
  const messages = schema.getQueryType()?.getFields()['messages'];
  const page = { nodes: PAGE_ROWS, pageInfo: { hasNextPage: true, endCursor: 'cursor' } };
  if (messages) messages.resolve = async () => page;
  const { url } = await startTestGateway({ schema, parts: { logger: pino({ level: 'info' }) } });
  return Number(new URL(url).port);
}

/** What no server can go below: read a body, parse it, encode the same answer. */
function startFloor(): Promise<number> {
  const answer = {
    data: { messages: { nodes: PAGE_ROWS, pageInfo: { hasNextPage: true, endCursor: 'cursor' } } },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      JSON.parse(Buffer.concat(chunks).toString());
      const body = JSON.stringify(answer);
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}
