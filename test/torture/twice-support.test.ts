import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { startWorstProvider } from '../../scripts/torture/twice/worst-provider.ts';
import { createDeferred } from '../support/deferred.ts';
import { createShiftableClock } from '../support/shiftable-clock.ts';

const SECRET = 'test_secret';

async function openProvider() {
  const provider = await startWorstProvider({
    keys: [{ key: 'sk_prod_plain' }, { key: 'sk_prod_signed', secret: SECRET }],
  });
  onTestFinished(() => provider.close());
  const post = (body: string, headers: Record<string, string> = { 'x-api-key': 'sk_prod_plain' }) =>
    fetch(`${provider.baseUrl}/sms/send`, { method: 'POST', body, headers });
  const get = async (path: string) =>
    (await (
      await fetch(`${provider.baseUrl}${path}`, { headers: { 'x-api-key': 'sk_prod_plain' } })
    ).json()) as {
      readonly messages: readonly { readonly recipient: string }[];
      readonly total_pages: number;
    };
  return { provider, post, get };
}

const sendTo = (...to: readonly string[]) => JSON.stringify({ to, message: 'Hello!', sender_id: 'MyApp' });

it('moves the wall clock of a process while it runs, and leaves the time that it measures', async () => {
  const clock = createShiftableClock();
  const program =
    'process.stdin.on("data", () => console.log(Date.now(), +new Date(), performance.now(), new Date() instanceof Date))';
  const child = spawn(process.execPath, ['--eval', program], {
    env: { ...process.env, ...clock.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    clock.remove();
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const look = async () => {
    child.stdin.write('\n');
    const [now, created, measured, isDate] = String((await lines.next()).value).split(' ');
    expect(isDate).toBe('true');
    return { now: Number(now), created: Number(created), measured: Number(measured) };
  };
  const before = await look();
  clock.set(840_000);
  const after = await look();
  clock.set(-360_000);
  const behind = await look();

  expect(Math.abs(before.now - Date.now())).toBeLessThan(60_000);
  expect(after.now - before.now).toBeGreaterThanOrEqual(840_000);
  expect(after.created - after.now).toBeLessThan(1000);
  expect(after.measured - before.measured).toBeLessThan(60_000);
  expect(behind.now).toBeLessThan(before.now);
});

it('takes a signed request once, and refuses the pair afterwards', async () => {
  const { provider, post } = await openProvider();
  provider.clock.aheadMs = 1_770_978_600_000 - Date.now();
  const headers = {
    'x-api-key': 'sk_prod_signed',
    'x-timestamp': '1770978600',
    // of the documentation
    'x-signature': 'ac383911b2ebe4dec787d40467ea0dbd0dc0bd9e363dc5ac900b77058eb2ceda',
  };
  const body = '{"to":["+14155551234"],"message":"Hello!","sender_id":"MyApp"}';
  const answers = [await post(body, headers), await post(body, headers)];
  expect(answers.map(({ status }) => status)).toEqual([200, 401]);
  expect(await answers[1]?.json()).toMatchObject({ error_code: 'INVALID_SIGNATURE' });
  expect(provider.acceptedBy('+14155551234')).toHaveLength(1);
  expect(provider.acceptedBy('+14155551234')[0]?.messageId).toMatch(/^api_42_17709786\d{11}_[0-9a-f]{16}$/);
});

it('takes in a request that lingered after its connection is gone', async () => {
  const { provider, post } = await openProvider();
  const arrival = createDeferred();
  provider.plan({ accept: true, answer: 'cut', acceptAfter: arrival.promise });
  await expect(post(sendTo('+447911123456'))).rejects.toThrow();
  expect(provider.acceptedBy('+447911123456')).toHaveLength(0);
  arrival.resolve();
  expect(await provider.until(() => provider.acceptedBy('+447911123456').length === 1, 5000)).toBe(true);
  expect(provider.posts).toHaveLength(1);
});

it('shows rows later, newest first, in its own spelling, to filters that look at what is shown', async () => {
  const { provider, post, get } = await openProvider();
  provider.plan({ accept: true, answer: 'ok', rowsAtFirst: 1 });
  await post(sendTo('+447911123456', '+447911123457'));
  await post(sendTo('+447911123458'));
  const recipientsOf = async (path: string) => (await get(path)).messages.map(({ recipient }) => recipient);
  expect(await recipientsOf('/sms/messages')).toEqual(['+447911123458', '+447911123456']);
  provider.history.release();
  expect(await recipientsOf('/sms/messages?limit=2')).toEqual(['+447911123458', '+447911123457']);
  expect(await recipientsOf('/sms/messages?limit=2&page=2')).toEqual(['+447911123456']);
  expect(await recipientsOf('/sms/messages?phone=11123457')).toEqual(['+447911123457']);
  provider.history.spelling.sender = (sender) => sender.toUpperCase();
  provider.history.spelling.recipient = (recipient) => recipient.slice(1);
  expect(await recipientsOf('/sms/messages?sender=MyApp')).toEqual([]);
  expect(await recipientsOf('/sms/messages?sender=MYAPP&limit=1')).toEqual(['447911123458']);
  expect(await recipientsOf('/sms/messages?from=2001-01-01&to=2001-01-02')).toEqual([]);
});
