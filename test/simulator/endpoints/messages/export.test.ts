import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Simulator } from '../../../../src/simulator/simulator.ts';
import { callApi } from '../../support/api-client.ts';
import { KEY, startStill } from '../../support/start-for-test.ts';

const EXPORT = '/sms/messages/unified/export';

/** Opens an export and hands out its bytes only when asked. */
function openExport(simulator: Simulator) {
  const client = request(`${simulator.url}${EXPORT}`, { headers: { 'X-API-Key': KEY } });
  const opened = new Promise<AsyncIterator<Buffer>>((resolve) => {
    client.once('response', (response) => resolve(response[Symbol.asyncIterator]()));
  });
  client.on('error', () => {}); // being cut off is what the test does
  client.end();
  return { opened, leave: () => client.destroy() };
}

describe('GET /sms/messages/unified/export', () => {
  it('has the rows of the unified list, in its order, as CSV', async () => {
    const { simulator } = await startStill({ history: { days: 5, messages: 80, campaignMessages: 20 } });
    const { text, headers } = await callApi(simulator, `${EXPORT}?period=7d`);
    const { body } = await callApi(simulator, '/sms/messages/unified?period=7d&limit=100');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const [header, ...lines] = text.trimEnd().split('\r\n');
    expect(header?.split(',').slice(0, 3)).toEqual(['id', 'source', 'recipient']);
    expect(lines.map((line) => line.split(',')[0])).toEqual(body.messages.map(({ id }) => id));
  });

  it('takes the filters of the list, and quotes what needs it', async () => {
    const { simulator } = await startStill();
    const send = (to: string, message: string) =>
      callApi(simulator, '/sms/send', { method: 'POST', body: { to: [to], message, sender_id: 'MyApp' } });
    await send('+14155551234', 'Hi, "you"\nthere');
    await send('+447700900456', 'plain');
    const { text } = await callApi(simulator, `${EXPORT}?country=US&source=api`);
    expect(text).toContain(',MyApp,"Hi, ""you""\nthere",pending,,0.0085,');
    expect(text).not.toContain('plain');
    expect((await callApi(simulator, `${EXPORT}?status=x`)).body.error_code).toBe('INVALID_PARAMS');
  });

  it('streams as many rows as an account is told to have, up to a million', async () => {
    const { simulator } = await startStill();
    simulator.changeAccount('acme', { exportRows: 1_000_001 });
    const { opened } = openExport(simulator);
    const chunks = await opened;
    let lines = 0;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      lines += next.value.toString('latin1').split('\n').length - 1;
    }
    expect(lines).toBe(1_000_001); // the header and a million rows
    expect(simulator.exports).toEqual([{ rows: 1_000_000, isOver: true }]);
  });

  it('goes no faster than it is read, and stops when the reader leaves', async () => {
    const { simulator } = await startStill();
    simulator.changeAccount('acme', { exportRows: 1_000_000 });
    const { opened, leave } = openExport(simulator);
    const chunks = await opened;
    await chunks.next();
    let rows = 0;
    await expect
      .poll(() => {
        const isStill = rows === simulator.exports[0]?.rows;
        rows = simulator.exports[0]?.rows ?? 0;
        return isStill;
      })
      .toBe(true);
    expect(rows).toBeLessThan(200_000);
    leave();
    await expect.poll(() => simulator.exports[0]?.isOver).toBe(true);
    expect(simulator.exports[0]?.rows).toBeLessThan(200_000);
  });
});
