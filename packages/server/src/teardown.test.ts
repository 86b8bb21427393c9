import { describe, expect, it } from 'vitest';
import { createTeardown } from './teardown.ts';

describe('a teardown', () => {
  it('stops the newest first, and goes on after a failure', async () => {
    const stopped: string[] = [];
    const failed: unknown[] = [];
    const teardown = createTeardown((error) => void failed.push(error));
    teardown.add(() => stopped.push('first'));
    teardown.add(async () => {
      throw new Error('stuck');
    });
    teardown.add(async () => void stopped.push('last'));
    await Promise.all([teardown.run(), teardown.run()]);
    expect(stopped).toEqual(['last', 'first']);
    expect(failed).toEqual([new Error('stuck')]);
    await teardown.run();
    expect(stopped).toHaveLength(2);
  });
});
