import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PairSide, type RedisPair, startRedisPair } from '../../support/redis-pair.ts';

describe('the pair of servers of the failover tests', () => {
  let pair: RedisPair;
  beforeEach(async () => {
    pair = await startRedisPair();
  });
  afterEach(() => pair.stop());

  const connect = () => createClient({ url: pair.url, socket: { reconnectStrategy: false } }).connect();

  it('loses at a promotion what was written while the replica was paused', async () => {
    const client = await connect();
    client.on('error', () => undefined);
    await client.set('kept', '1');
    expect(await client.sendCommand(['WAIT', '1', '1000'])).toBe(1);
    pair.pauseReplica();
    await client.set('lost', '1');
    await pair.promote('demote');
    pair.pointAt('replica', 'cut');
    client.destroy();
    const next = await connect();
    expect([await next.get('kept'), await next.get('lost')]).toEqual(['1', null]);
    await next.set('new', '1');
    next.destroy();
  });

  it('keeps connections on a demoted primary, which refuses writes', async () => {
    const client = await connect();
    await pair.promote('demote');
    pair.pointAt('replica', 'keep');
    await expect(client.set('key', '1')).rejects.toThrow('READONLY');
    client.destroy();
  });

  it('swaps the roles again and again: what the old primary alone had is lost, and it follows the new one', async () => {
    const servers = [pair.primary.port, pair.replica.port];
    const kept: string[] = [];
    for (const oldPrimary of ['kill', 'demote', 'leave', 'kill'] as const) {
      const lost = `lost by ${oldPrimary}`;
      pair.pauseReplica();
      await pair.command('primary', 'SET', lost, '1');
      await pair.promote(oldPrimary);
      pair.pointAt('replica', 'cut');
      await pair.rejoin();
      expect([pair.primary.port, pair.replica.port]).toEqual(servers.reverse());
      const client = await connect();
      await client.set(`kept after ${kept.length}`, '1');
      kept.push(`kept after ${kept.length}`);
      expect(await client.sendCommand(['WAIT', '1', '5000'])).toBe(1);
      client.destroy();
      const keysOf = async (side: PairSide) => ((await pair.command(side, 'KEYS', '*')) as string[]).sort();
      expect([await keysOf('primary'), await keysOf('replica')]).toEqual([kept, kept]);
    }
  });

  it('goes on after a pause', async () => {
    pair.pauseReplica();
    await pair.command('primary', 'SET', 'key', '1');
    pair.resumeReplica();
    const client = await connect();
    await client.set('key', '2');
    expect(await client.sendCommand(['WAIT', '1', '5000'])).toBe(1);
    expect(await pair.command('replica', 'GET', 'key')).toBe('2');
    client.destroy();
  });
});
