import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HttpError } from '../../../src/server/http/http-error.ts';
import { type BodyLimits, readBody } from '../../../src/server/http/read-body.ts';
import { portOf } from '../../support/port-of.ts';

let server: Server;
let limits: BodyLimits;
let outcome: Promise<Buffer | HttpError>;
let settle: (result: Buffer | HttpError) => void;

beforeAll(async () => {
  server = createServer(async (incoming, response) => {
    const read = await readBody(incoming, limits).catch((error: HttpError) => error);
    settle(read);
    response.writeHead(read instanceof HttpError ? read.status : 200, { connection: 'close' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());
beforeEach(() => {
  limits = { maxBytes: 1000, timeoutMs: 5000 };
  outcome = new Promise((resolve) => {
    settle = resolve;
  });
});

function post(headers: Record<string, string | number> = {}) {
  const posted = request({ port: portOf(server), method: 'POST', headers });
  posted.on('error', () => {});
  return posted;
}

describe('reading a body', () => {
  it('gives it whole, in one piece or many', async () => {
    const posted = post();
    posted.write('a'.repeat(400));
    posted.write('ü'.repeat(100));
    posted.end('z');
    expect(String(await outcome)).toBe(`${'a'.repeat(400)}${'ü'.repeat(100)}z`);
  });

  it('gives an empty one', async () => {
    post().end();
    expect(await outcome).toHaveLength(0);
  });

  it('takes exactly as much as is allowed, and not a byte more', async () => {
    post().end('x'.repeat(1000));
    expect(await outcome).toHaveLength(1000);
    outcome = new Promise((resolve) => {
      settle = resolve;
    });
    post().end('x'.repeat(1001));
    expect(await outcome).toMatchObject({ status: 413 });
  });

  it('refuses what is announced as too large before a byte of it came', async () => {
    post({ 'content-length': 1001 }).flushHeaders();
    expect(await outcome).toMatchObject({ status: 413 });
  });

  it('stops counting at the first chunk too many, while more is on its way', async () => {
    const posted = post();
    posted.write('x'.repeat(1001));
    expect(await outcome).toMatchObject({ status: 413 });
    posted.destroy();
  });

  it('gives up on a body that does not come', async () => {
    limits = { maxBytes: 1000, timeoutMs: 50 };
    post({ 'content-length': 10 }).write('x');
    expect(await outcome).toMatchObject({ status: 408 });
  });

  it('tells that the caller hung up', async () => {
    const posted = post({ 'content-length': 10 });
    posted.write('x');
    await once(server, 'request');
    posted.destroy();
    expect(await outcome).toMatchObject({ status: 400 });
  });
});
