import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFolders, readSettingFile } from './agent-files.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenuto-scripts-'));
  await writeFile(join(folder, 'b.yaml'), 'name: b');
  await writeFile(join(folder, 'a.json'), '{"name": "a"}');
  await writeFile(join(folder, 'notes.txt'), 'no');
  return () => rm(folder, { recursive: true, force: true });
});

describe('files of agents', () => {
  it('are read in the order of their names', async () => {
    const files = await readFolders('X', [folder]);
    expect(files.map(({ content }) => content)).toEqual([{ name: 'a' }, { name: 'b' }]);
  });

  it('that cannot be used are a wrong setting, which says why', async () => {
    const refuse = (content: unknown) => {
      throw new TypeError(`not ${JSON.stringify(content)}`);
    };
    await expect(readFolders('X', [join(folder, 'none')])).rejects.toThrow(/^X names .*ENOENT/);
    await expect(readSettingFile('X', join(folder, 'b.yaml'), refuse)).rejects.toThrow(
      /^X names .*b\.yaml, which cannot be used: not \{"name":"b"\}/,
    );
  });
});
