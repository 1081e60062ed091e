import { describe, expect, it } from 'vitest';
import { createSigner, signatureOf } from '../../../src/rest/signing/signer.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const TIMESTAMP = 1_770_978_600;
const present = () => new AbortController().signal;
const stats = { method: 'GET', path: '/api/v1/sms/stats', body: '' };

describe('request signatures', () => {
  it('match the documented vector of a send', () => {
    const body = '{"to":["+14155551234"],"message":"Hello!","sender_id":"MyApp"}';
    expect(signatureOf('test_secret', { method: 'POST', path: '/api/v1/sms/send', body }, TIMESTAMP)).toBe(
      'ac383911b2ebe4dec787d40467ea0dbd0dc0bd9e363dc5ac900b77058eb2ceda',
    );
  });

  it('match the documented vector of a read, whose body is empty', () => {
    expect(signatureOf('test_secret', stats, TIMESTAMP)).toBe(
      'c7bd4ac256ec839acff985ed0c3bb350090e9b3e14157e5fe3e570ead28f0b4e',
    );
  });

  it('are made with the present second', async () => {
    const signer = createSigner('test_secret', createManualClock(TIMESTAMP * 1000 + 999));
    expect(await signer.sign(stats, present())).toEqual({
      timestamp: TIMESTAMP,
      signature: 'c7bd4ac256ec839acff985ed0c3bb350090e9b3e14157e5fe3e570ead28f0b4e',
    });
  });

  it('of five hundred identical requests in one second all differ and lie within five minutes', async () => {
    const signer = createSigner('test_secret', createManualClock(TIMESTAMP * 1000));
    const signed = await Promise.all(Array.from({ length: 500 }, () => signer.sign(stats, present())));
    expect(new Set(signed.map(({ signature }) => signature)).size).toBe(500);
    for (const { timestamp } of signed) expect(Math.abs(timestamp - TIMESTAMP)).toBeLessThan(300);
  });

  it('tell bodies apart, so that two sends in one second share the present', async () => {
    const signer = createSigner('test_secret', createManualClock(TIMESTAMP * 1000));
    const send = (body: string) => signer.sign({ method: 'POST', path: '/api/v1/sms/send', body }, present());
    const [first, second, again] = [await send('{"a":1}'), await send('{"a":2}'), await send('{"a":1}')];
    expect(first.timestamp).toBe(TIMESTAMP);
    expect(second.timestamp).toBe(TIMESTAMP);
    expect(again.timestamp).toBe(TIMESTAMP - 1);
  });

  it('wait for the next second when the window is used up, and stop waiting when the caller leaves', async () => {
    const clock = createManualClock(TIMESTAMP * 1000 + 990);
    const signer = createSigner('test_secret', clock);
    const seconds = new Set<number>();
    for (let made = 0; made < 541; made += 1) seconds.add((await signer.sign(stats, present())).timestamp);
    expect(seconds.size).toBe(541);
    const caller = new AbortController();
    const [patient, impatient] = [signer.sign(stats, present()), signer.sign(stats, caller.signal)];
    caller.abort(new Error('gone'));
    await expect(impatient).rejects.toThrow('gone');
    clock.advance(10);
    expect(seconds).not.toContain((await patient).timestamp);
  });

  it('elsewhere in the window follow a pair that was refused', async () => {
    const signer = createSigner('test_secret', createManualClock(TIMESTAMP * 1000));
    const seconds = new Set<number>();
    for (let made = 0; made < 20; made += 1)
      seconds.add((await signer.sign(stats, present(), true)).timestamp);
    expect(seconds.size).toBe(20);
    expect(Math.max(...seconds) - Math.min(...seconds)).toBeGreaterThan(20);
  });

  it('know a pair that is too old to be taken', () => {
    const signer = createSigner('test_secret', createManualClock(TIMESTAMP * 1000));
    expect(signer.isInWindow(TIMESTAMP - 200)).toBe(true);
    expect(signer.isInWindow(TIMESTAMP - 299)).toBe(false);
  });
});
