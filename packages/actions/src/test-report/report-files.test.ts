import { mkdir, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Scratch, scratch } from '../command/command.fixture.ts';
import { findReports, readFiles, writtenSince } from './report-files.ts';

let place: Scratch;
beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place.remove());

const going = new AbortController().signal;
const find = (patterns: readonly string[], root?: string) =>
  findReports({ cwd: place.folder, root, patterns }, going);

describe('the reports that are found', () => {
  it('are the files that match any pattern, in an order that does not change', async () => {
    await mkdir(join(place.folder, 'sub'));
    for (const name of ['b.xml', 'a.xml', 'sub/c.xml', 'd.txt']) await place.file(name, '');
    expect([...(await find(['**/*.xml'])).keys()]).toEqual(['a.xml', 'b.xml', 'sub/c.xml']);
    expect([...(await find(['d.txt', 'sub/*', 'none'])).keys()]).toEqual(['d.txt', 'sub/c.xml']);
  });

  it('are each there once, however many patterns and links lead to it', async () => {
    await place.file('a.xml', '');
    await symlink('a.xml', join(place.folder, 'b.xml'));
    expect((await find(['a.xml', '*.xml', './a.xml'])).size).toBe(1);
  });

  it('are files, not folders or links to nowhere', async () => {
    await mkdir(join(place.folder, 'folder.xml'));
    await symlink('nowhere', join(place.folder, 'link.xml'));
    expect((await find(['*.xml'])).size).toBe(0);
  });

  it('do not lie outside of the root', async () => {
    const root = join(place.folder, 'root');
    await mkdir(root);
    await place.file('outside.xml', '');
    await place.file('root/inside.xml', '');
    await symlink('../outside.xml', join(root, 'link.xml'));
    const found = await findReports({ cwd: root, root, patterns: ['*.xml'] }, going);
    expect([...found.keys()]).toEqual(['inside.xml']);
  });

  it('are not looked for any longer when the attempt is aborted', async () => {
    await place.file('a.xml', '');
    const search = { cwd: place.folder, root: undefined, patterns: ['*.xml'] };
    await expect(findReports(search, AbortSignal.abort(new Error('enough')))).rejects.toThrow(
      'enough',
    );
  });

  it('are too many where a pattern finds thousands', async () => {
    await Promise.all(Array.from({ length: 2_001 }, (_, i) => place.file(`${i}.xml`, '')));
    await expect(find(['*.xml'])).rejects.toMatchObject({ type: 'too_many_reports' });
  });
});

describe('what was written since', () => {
  const since = async (change: () => Promise<unknown>) => {
    const before = await find(['*.xml']);
    await change();
    return [...writtenSince(before, await find(['*.xml'])).keys()];
  };

  it('is what is new, longer, or another file of the same name', async () => {
    for (const name of ['same.xml', 'longer.xml', 'replaced.xml']) await place.file(name, 'x');
    const written = await since(async () => {
      await place.file('new.xml', '');
      await place.file('longer.xml', 'xx');
      await rm(join(place.folder, 'replaced.xml'));
      await place.file('replaced.xml', 'x');
    });
    expect(written).toEqual(['longer.xml', 'new.xml', 'replaced.xml']);
  });

  it('is told by more than the time that a file claims', async () => {
    const long = new Date('2001-01-01');
    const written = await since(async () => {
      await utimes(await place.file('old.xml', 'x'), long, long);
    });
    expect(written).toEqual(['old.xml']);
  });

  it('is nothing where nothing happened', async () => {
    await place.file('a.xml', 'x');
    expect(await since(async () => {})).toEqual([]);
  });
});

describe('the files that are read', () => {
  it('are those found, with their bytes', async () => {
    await place.file('a.xml', 'é');
    const [file] = await readFiles(await find(['a.xml']));
    expect(file).toEqual({ path: 'a.xml', bytes: Buffer.from('é') });
  });

  it('are named when one of them cannot be read', async () => {
    const path = await place.file('a.xml', 'x');
    const found = await find(['a.xml']);
    await rm(path);
    await expect(readFiles(found)).rejects.toMatchObject({
      type: 'report_unreadable',
      message: 'The report a.xml cannot be read: ENOENT.',
    });
  });
});
