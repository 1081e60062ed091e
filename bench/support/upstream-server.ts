import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDay, type WireRow } from './day.ts';

// The provider, in a process of its own: a day of messages, answered from rows that are encoded already, so that it is never
// the slowest. It counts every call. Arguments: the start of the day, and `final` or `open`.

const [, , dayStartMs, fate] = process.argv;
const day = createDay(Number(dayStartMs), fate === 'final');
const encoded = day.rows.map((row) => JSON.stringify(row));
const rowOf = new Map(day.rows.map((row) => [row.client_message_id, row]));
const everything = day.rows.map((_, index) => index);
const matches = new Map<string, readonly number[]>();
/** Answers to the very same question: bounded, so that a long run does not fill the memory. */
const answers = new Map<string, Buffer>();
const MAX_ANSWERS = 20_000;
const NOT_FOUND = Buffer.from('{"status":false,"error_code":"NOT_FOUND","description":"no such message"}');
let calls = 0;
let sends = 0;

const server = createServer((request, response) => {
  calls += 1;
  if (request.method === 'POST') return void answerSend(request, response);
  const url = request.url ?? '/';
  const answer = answers.get(url) ?? keep(url, answerTo(new URL(url, 'http://provider')));
  write(response, answer === null ? 404 : 200, answer ?? NOT_FOUND);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ calls }));
process.on('disconnect', () => process.exit(0));

function keep(url: string, answer: Buffer | null): Buffer | null {
  if (answer === null) return null;
  if (answers.size >= MAX_ANSWERS) answers.clear();
  answers.set(url, answer);
  return answer;
}

function answerTo({ pathname, searchParams }: URL): Buffer | null {
  if (pathname === '/api/v1/sms/messages') return pageOf(searchParams);
  const row = rowOf.get(pathname.slice('/api/v1/sms/status/'.length));
  return row === undefined ? null : statusOf(row);
}

function statusOf({ id: _, client_message_id, ...row }: WireRow): Buffer {
  return Buffer.from(JSON.stringify({ status: true, message: { message_id: client_message_id, ...row } }));
}

function pageOf(query: URLSearchParams): Buffer {
  const [from, to] = [query.get('from') ?? day.date, query.get('to') ?? day.date];
  const [page, limit] = [Number(query.get('page') ?? 1), Number(query.get('limit') ?? 25)];
  const found = from <= day.date && day.date <= to ? rowsWith(query.get('phone')) : [];
  const rows = found.slice((page - 1) * limit, page * limit).map((index) => encoded[index]);
  const totals = { total: found.length, page, limit, total_pages: Math.ceil(found.length / limit) };
  return Buffer.from(`{"messages":[${rows.join(',')}],${JSON.stringify(totals).slice(1)}`);
}

function rowsWith(phone: string | null): readonly number[] {
  if (phone === null) return everything;
  const known = matches.get(phone);
  if (known !== undefined) return known;
  const found = everything.filter((index) => day.rows[index]?.recipient.includes(phone));
  matches.set(phone, found);
  return found;
}

async function answerSend(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { to } = JSON.parse(String(Buffer.concat(chunks))) as { readonly to: readonly string[] };
  const stamp = `${Date.now()}${String(sends++ % 1_000_000).padStart(6, '0')}`;
  const sent = to.map((dnis, index) => ({
    dnis,
    message_id: `api_42_${stamp}_${index.toString(16).padStart(16, '0')}`,
  }));
  const answer = {
    status: true,
    messages: sent.map((each) => ({ ...each, segment_num: 1 })),
    results: sent.map((each) => ({ ...each, segments: 1, status: 'accepted' })),
    summary: {
      total_recipients: to.length,
      total_segments: to.length,
      total_cost: 0.0085 * to.length,
      encoding: 'GSM-7',
      accepted_count: to.length,
      blocked_count: 0,
      queue_error_count: 0,
      config_error_count: 0,
      db_error_count: 0,
    },
  };
  write(response, 200, Buffer.from(JSON.stringify(answer)));
}

function write(response: ServerResponse, status: number, body: Buffer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
}
