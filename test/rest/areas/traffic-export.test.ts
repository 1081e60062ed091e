import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { TrafficQuery } from '../../../src/domain/list-query.ts';
import { createDeferred } from '../../support/deferred.ts';
import { cut, inTurn, json, refusal, type Script } from '../../support/scripted-upstream.ts';
import { errorOf, useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider();
const EVERYTHING: TrafficQuery = {
  range: { from: '2026-02-13', to: '2026-02-14' },
  statusGroup: 'DELIVERED',
  phoneContains: null,
  country: null,
  sender: null,
  source: 'ALL',
};
const present = () => new AbortController().signal;
const start = (script: Script, signal = present()) =>
  provider.ask(script, (session) => session.exportTraffic(EVERYTHING, signal));

const csv =
  (...chunks: readonly string[]): Script =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv; charset=utf-8' });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  };

async function collect(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('a CSV export', () => {
  it('passes the bytes through as they come', async () => {
    const { body, contentType } = await start(csv('id,text\n', '1,"ä ""b"""\n'));
    expect(contentType).toBe('text/csv; charset=utf-8');
    expect(await collect(body)).toBe('id,text\n1,"ä ""b"""\n');
    expect(provider.asked()).toBe(
      'GET /api/v1/sms/messages/unified/export?from=2026-02-13&to=2026-02-14&source=all&status=delivered',
    );
  });

  it('is asked for again when it was refused for a moment', async () => {
    const { body } = await start(inTurn(json('', 429), cut, csv('a\n')));
    expect(await collect(body)).toBe('a\n');
  });

  it('that is refused says why', async () => {
    expect(await errorOf(start(refusal(403, 'FORBIDDEN')))).toMatchObject({ providerCode: 'FORBIDDEN' });
    const setup = json({ status: false, error: 'Account is in setup process' });
    expect(await errorOf(start(setup))).toMatchObject({ code: 'UPSTREAM_REFUSED' });
  });

  it('that breaks off fails, so that half a file is not taken for a whole one', async () => {
    const half: Script = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/csv', 'content-length': '1000' });
      response.write('a\n');
      setTimeout(() => response.destroy(), 20);
    };
    const { body } = await start(half);
    await expect(collect(body)).rejects.toThrow();
  });

  it('holds the provider back while nobody takes the bytes', async () => {
    let written = 0;
    const endless: Script = (_request, response) => pour(response, (bytes) => (written += bytes));
    const { body } = await start(endless);
    const stalled = createDeferred<number>();
    const watch = setInterval(() => {
      if (written === lastWritten) stalled.resolve(written);
      lastWritten = written;
    }, 50);
    let lastWritten = -1;
    // What fits into the buffers of two sockets on loopback, far from endless.
    expect(await stalled.promise).toBeLessThan(32 << 20);
    clearInterval(watch);
    await body[Symbol.asyncIterator]().return?.();
  });

  it.each(['the signal aborts', 'the reader stops'])('ends at the provider when %s', async (how) => {
    const ended = createDeferred<void>();
    const caller = new AbortController();
    const { body } = await start((_request, response) => {
      response.once('close', () => ended.resolve());
      pour(response, () => undefined);
    }, caller.signal);
    const iterator = body[Symbol.asyncIterator]();
    await iterator.next();
    if (how === 'the reader stops') await iterator.return?.();
    else caller.abort(new Error('hung up'));
    await ended.promise;
  });

  it('does not hold up reads while it runs', async () => {
    provider.configure({ maxConnections: 1 });
    const { body } = await start((_request, response) => pour(response, () => undefined));
    provider.upstream.script(json({ balance: 1, currency: 'EUR' }));
    expect((await provider.test.session().fetchBalance()).amount).toBe('1');
    await body[Symbol.asyncIterator]().return?.();
  });
});

/** Writes without end, as fast as it is taken. */
function pour(response: ServerResponse, onWritten: (bytes: number) => void): void {
  const chunk = Buffer.alloc(64 << 10, 'x');
  const writeOn = () => {
    let isTaken = true;
    while (isTaken && !response.destroyed) {
      onWritten(chunk.length);
      isTaken = response.write(chunk);
    }
  };
  response.writeHead(200, { 'content-type': 'text/csv' });
  response.on('drain', writeOn);
  writeOn();
}
