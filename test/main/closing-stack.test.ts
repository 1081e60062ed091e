import { describe, expect, it } from 'vitest';
import { createClosingStack } from '../../src/main/closing-stack.ts';

describe('closing', () => {
  it('goes in the opposite order of opening, one after the other', async () => {
    const closing = createClosingStack();
    const steps: string[] = [];
    for (const name of ['store', 'hub', 'server'])
      closing.add(async () => {
        steps.push(`${name} closes`);
        await Promise.resolve();
        steps.push(`${name} closed`);
      });
    await closing.closeAll();
    expect(steps).toEqual([
      'server closes',
      'server closed',
      'hub closes',
      'hub closed',
      'store closes',
      'store closed',
    ]);
  });

  it('closes the rest when one fails, and tells of the first failure', async () => {
    const closing = createClosingStack();
    let isStoreClosed = false;
    closing.add(async () => {
      isStoreClosed = true;
    });
    closing.add(() => {
      throw new Error('second');
    });
    closing.add(async () => Promise.reject(new Error('first')));
    await expect(closing.closeAll()).rejects.toThrow('first');
    expect(isStoreClosed).toBe(true);
  });

  it('closes once, however often it is asked to', async () => {
    const closing = createClosingStack();
    let count = 0;
    closing.add(async () => {
      count += 1;
    });
    await Promise.all([closing.closeAll(), closing.closeAll()]);
    await closing.closeAll();
    expect(count).toBe(1);
  });
});
