import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../src/store/open-store.ts';
import { BEFORE_ALL, comparePositions, type Store } from '../../../src/store/store.ts';
import { deliveryReport } from '../../support/delivery-report.ts';
import { type NodeProcess, startNodeProcess } from '../../support/node-process.ts';

const MODULE = new URL('../../../src/store/embedded/open-embedded-store.ts', import.meta.url).href;

/** Opens the folder in a process of its own and says how that went: `open`, or why not. */
const openElsewhere = (folder: string): NodeProcess =>
  startNodeProcess(`
    const { openEmbeddedStore } = await import(${JSON.stringify(MODULE)});
    try {
      await openEmbeddedStore(${JSON.stringify(folder)}, { now: () => Date.now() });
      console.log('open');
    } catch (error) {
      console.log(error.message);
    }
    setInterval(() => undefined, 1000);
  `);

describe('the folder of the embedded store', () => {
  let root: string;
  let folder: string;
  let nowMs: number;
  const opened: (Store | NodeProcess)[] = [];

  const open = async (url = `file:${folder}`) => {
    const store = await openStore({
      url,
      clock: { now: () => nowMs },
      logger: pino({ level: 'silent' }),
      processId: 'test',
    });
    opened.push(store);
    return store;
  };
  const elsewhere = (where = folder) => {
    const started = openElsewhere(where);
    opened.push(started);
    return started;
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'gateway-folder-'));
    folder = join(root, 'data');
    nowMs = 1_770_978_600_000;
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await ('kill' in each ? each.kill() : each.close());
    await rm(root, { recursive: true, force: true });
  });

  it('is made when there is none, for the eyes of its owner only', async () => {
    folder = join(root, 'deep', 'er');
    await open();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('is unreadable for others even when somebody made it readable', async () => {
    await mkdir(folder, { mode: 0o755 });
    await open();
    expect((await stat(join(folder, 'data.mdb'))).mode & 0o777).toBe(0o600);
  });

  it('is refused to a second process, saying who has it and what to do', async () => {
    await open();
    const refusal = await elsewhere().nextLine();
    expect(refusal).toContain(`in use by another process (pid ${process.pid})`);
    expect(refusal).toContain('STORE_URL');
  });

  it('is refused to a second store of the same process, which leaves the first one working', async () => {
    const store = await open();
    await expect(open()).rejects.toThrow('in use by another process');
    await store.log.append('main', deliveryReport());
    expect(await store.log.read(BEFORE_ALL, 1)).toHaveLength(1);
  });

  it('goes to one of several processes that ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 4 }, () => elsewhere().nextLine()));
    expect(answers.filter((answer) => answer === 'open')).toHaveLength(1);
    expect(answers.filter((answer) => answer.includes('in use by another process'))).toHaveLength(3);
  });

  it('goes to one of several that find it abandoned in the same moment', async () => {
    const holder = elsewhere();
    await holder.nextLine();
    await holder.kill();
    const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => open()));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is free again after a process was killed with it', async () => {
    const holder = elsewhere();
    expect(await holder.nextLine()).toBe('open');
    await expect(open()).rejects.toThrow('in use by another process');
    await holder.kill();
    const store = await open();
    await store.log.append('main', deliveryReport());
    expect((await readdir(folder)).filter((name) => name.endsWith('.sock'))).toHaveLength(1);
  });

  it('is free again after it was closed', async () => {
    await (await open()).close();
    expect(await elsewhere().nextLine()).toBe('open');
  });

  it('may lie too deep for the path of a socket', async () => {
    folder = join(root, ...Array.from({ length: 12 }, () => 'a-rather-long-name'));
    await mkdir(folder, { recursive: true });
    await open();
    expect(await elsewhere().nextLine()).toContain('in use by another process');
  });

  it('may be named by a file URL', async () => {
    await open(`file://${folder}`);
    await expect(open()).rejects.toThrow('in use by another process');
  });

  it('keeps positions growing though the clock goes back, also over a restart', async () => {
    const append = async (store: Store, messageId: string) =>
      (await store.log.append('main', deliveryReport({ messageId }))).position;
    const store = await open();
    const positions = [await append(store, 'a')];
    nowMs -= 60_000;
    positions.push(await append(store, 'b'));
    await store.close();
    nowMs -= 60_000;
    const again = await open();
    positions.push(await append(again, 'c'));
    expect(positions).toEqual(['1770978600000-0', '1770978600000-1', '1770978600000-2']);
    expect([...positions].sort(comparePositions)).toEqual(positions);
  });

  it('does not let the charges of windows that are over pile up', async () => {
    const { counters } = await open();
    const windowMs = 1000;
    for (let index = 0; index < 50; index += 1) {
      await counters.charge([{ key: `k${index}`, windowMs, limit: 1, amount: 1 }], nowMs + index * windowMs);
    }
    // A window that was cleared can be charged again, were the clock to go back: nothing of it is left.
    const first = { key: 'k0', windowMs, limit: 1, amount: 1 };
    expect(await counters.charge([first], nowMs)).toEqual({ isCharged: true });
  });
});
