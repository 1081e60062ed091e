import { describe, expect, it } from 'vitest';
import type { UpstreamLane } from '../../../src/metrics.ts';
import { json, type Script } from '../../support/scripted-upstream.ts';
import { useScriptedProvider } from '../../support/use-scripted-provider.ts';

const provider = useScriptedProvider({ maxConnections: 1 });
const RANGE = { from: '2026-02-13', to: '2026-02-13' };
const EVERYTHING = { range: RANGE, statusGroup: null, phoneContains: null, country: null, sender: null };

/** Answers that no such thing is known, but holds the first request until it is let go. */
function holdFirst() {
  const held: (() => void)[] = [];
  const answer = json({ status: false, error_code: 'NOT_FOUND' }, 404);
  const script: Script = (request, response, index) => {
    if (index === 0) held.push(() => void answer(request, response, index));
    else return answer(request, response, index);
  };
  provider.upstream.script(script);
  return () => held.shift()?.();
}

const session = (lane?: UpstreamLane) =>
  provider.test.provider.openSession(new AbortController(), lane === undefined ? {} : { lane });
const waiting = async (lane: UpstreamLane) =>
  Number(
    (await provider.test.metrics.render())
      .split(`gateway_upstream_waiting{lane="${lane}"} `)[1]
      ?.split('\n')[0],
  );
const asked = () => provider.upstream.requests.slice(1).map(({ path }) => path.replace('/api/v1/', ''));

describe('who waits for whom', () => {
  it('a reader of one message goes before one of several, then lists, then exports and the background', async () => {
    const letGo = holdFirst();
    const first = session().refreshMessage('api_1_1');
    await provider.upstream.received(1);
    const background = session('background').refreshMessage('api_2_1');
    const download = session().exportTraffic({ ...EVERYTHING, source: 'ALL' }, new AbortController().signal);
    const list = session().listMessages(EVERYTHING, { page: 1, limit: 10 });
    const several = session().loadMessages(['api_3_1', 'api_3_2']);
    const one = session().loadMessage('api_4_1');
    const all = Promise.allSettled([first, background, download, list, several, one]);
    await expect.poll(() => waiting('status')).toBe(1);
    await expect.poll(() => waiting('read')).toBe(3);
    expect(await waiting('background')).toBe(2);
    letGo();
    await all;
    expect(asked()).toEqual([
      'sms/status/api_4_1',
      'sms/messages',
      'sms/status/api_3_1',
      'sms/status/api_3_2',
      'sms/status/api_2_1',
      'sms/messages/unified/export',
    ]);
  });

  it('a caller does not wait for the same call of the background; the background shares a caller’s', async () => {
    const letGo = holdFirst();
    const first = session().refreshMessage('api_1_1');
    await provider.upstream.received(1);
    const background = session('background').refreshMessage('api_2_1');
    await expect.poll(() => waiting('background')).toBe(1);
    const caller = session().refreshMessage('api_2_1');
    const later = session('background').refreshMessage('api_2_1');
    expect(await waiting('status')).toBe(1);
    expect(await waiting('background')).toBe(1);
    letGo();
    await Promise.all([first, background, caller, later]);
    expect(provider.upstream.requests).toHaveLength(3);
  });
});
