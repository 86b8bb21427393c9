import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engineIdOf } from './engine-identity.ts';
import { systemRandom } from './system-clock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-identity-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the identity of an engine', () => {
  it('is made once and kept in the data folder', async () => {
    const dataDir = join(folder, 'new', 'folder');
    const first = await engineIdOf(dataDir, systemRandom);
    expect(first).toEqual({
      engineId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/),
      known: false,
    });
    expect(await engineIdOf(dataDir, systemRandom)).toEqual({ ...first, known: true });
  });

  it('is made again when its file is damaged', async () => {
    await writeFile(join(folder, 'engine-id'), 'half a');
    const { known, engineId } = await engineIdOf(folder, systemRandom);
    expect(known).toBe(false);
    expect((await readFile(join(folder, 'engine-id'), 'utf8')).trim()).toBe(engineId);
  });
});
