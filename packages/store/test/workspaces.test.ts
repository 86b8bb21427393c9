/** Workspaces on a real database and a real disk. */
import { execFile } from 'node:child_process';
import { link, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTestWorkspaces, type TestWorkspaces, testUse } from '@tenuto/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from './desk.ts';
import { newRunId } from './rows.ts';

let desk: Desk;
let here: TestWorkspaces;
let runId: string;
beforeAll(async () => {
  desk = await openDesk();
  here = await startTestWorkspaces(desk.connection);
});
afterAll(async () => {
  await here.close();
  await desk.close();
});
beforeEach(() => {
  runId = newRunId().text;
});

const bytes = (text: string) => Buffer.from(text);
const open = (over: Parameters<typeof testUse>[1] = {}, place = here) =>
  place.workspaces.open(testUse(runId, over));
const text = async (place: { read(path: string): Promise<Uint8Array> }, path: string) =>
  Buffer.from(await place.read(path)).toString();
const rows = () =>
  desk.ask<{ path: string; ended: number | null; gone: boolean; generation: number }>(
    `select path, ended, gone, generation from artifacts where run_id = $1 order by version`,
    [runId],
  );

describe('a workspace', () => {
  it('gives back what was written, to whoever opens it, also elsewhere', async () => {
    const workspace = await open();
    const written = await workspace.write('artifacts/planning/prd.md', bytes('# PRD'));
    expect(written).toMatchObject({ path: 'artifacts/planning/prd.md', sizeBytes: 5 });
    await workspace.write('_notes/a.txt', bytes('mine'));
    expect(await text(workspace, 'artifacts/planning/prd.md')).toBe('# PRD');
    const elsewhere = await here.elsewhere();
    const other = await open({ attempt: 2 }, elsewhere);
    expect(await other.list()).toEqual(await workspace.list());
    expect(await text(other, '_notes/a.txt')).toBe('mine');
    await elsewhere.close();
  });

  it('makes its folder again when it is gone, and takes back what was changed by nobody known', async () => {
    const workspace = await open();
    await workspace.write('a/b.txt', bytes('one'));
    await rm(workspace.folder, { recursive: true });
    const again = await startTestWorkspaces(desk.connection, { blobs: here.blobs });
    const second = await open({}, again);
    expect(await text(second, 'a/b.txt')).toBe('one');
    await writeFile(join(second.folder, 'a/b.txt'), 'two');
    const third = await startTestWorkspaces(desk.connection, { blobs: here.blobs });
    expect(await text(await open({}, third), 'a/b.txt')).toBe('one');
    await again.close();
    await third.close();
  });

  it('keeps one version of what an attempt writes again and again, and one of each attempt', async () => {
    const first = await open();
    await first.write('a.txt', bytes('1'));
    await first.write('a.txt', bytes('2'));
    const second = await open({ attempt: 2 });
    await second.write('a.txt', bytes('3'));
    await second.write('a.txt', bytes('3'));
    expect(await rows()).toEqual([
      { path: 'a.txt', ended: 0, gone: false, generation: 0 },
      { path: 'a.txt', ended: null, gone: false, generation: 0 },
    ]);
    expect(await text(first, 'a.txt')).toBe('3');
  });

  it('takes up what commands made, changed and removed', async () => {
    const workspace = await open();
    await workspace.write('kept.txt', bytes('kept'));
    await workspace.write('old.txt', bytes('old'));
    await workspace.write('changed.txt', bytes('before'));
    await mkdir(join(workspace.folder, 'node_modules/x'), { recursive: true });
    await writeFile(join(workspace.folder, 'node_modules/x/index.js'), 'x');
    await writeFile(join(workspace.folder, 'changed.txt'), 'after!');
    await writeFile(join(workspace.folder, 'new.txt'), 'new');
    await rm(join(workspace.folder, 'old.txt'));
    const taken = await workspace.takeUp((path) => ({ description: `about ${path}` }));
    expect(taken.files.map(({ path }) => path)).toEqual(['changed.txt', 'new.txt']);
    expect((await workspace.list()).map(({ path }) => path)).toEqual([
      'changed.txt',
      'kept.txt',
      'new.txt',
    ]);
    expect(await workspace.takeUp()).toEqual({ files: [], leftOut: [] });
    const elsewhere = await here.elsewhere();
    const other = await open({}, elsewhere);
    expect(await text(other, 'changed.txt')).toBe('after!');
    await expect(other.read('old.txt')).rejects.toMatchObject({ kind: 'missing' });
    await elsewhere.close();
  });

  it('lists what a pattern matches', async () => {
    const workspace = await open();
    for (const path of ['src/a.ts', 'src/deep/b.ts', 'c.ts', 'src/d.md']) {
      await workspace.write(path, bytes(path));
    }
    const paths = async (glob: string) => (await workspace.list(glob)).map(({ path }) => path);
    expect(await paths('**/*.ts')).toEqual(['c.ts', 'src/a.ts', 'src/deep/b.ts']);
    expect(await paths('src/*')).toEqual(['src/a.ts', 'src/d.md']);
  });

  it('is written by many at once', async () => {
    const workspaces = await Promise.all(Array.from({ length: 8 }, (_, node) => open({ node })));
    await Promise.all(
      workspaces.flatMap((workspace, at) =>
        Array.from({ length: 5 }, (_, n) =>
          workspace.write(`f/${at}-${n}.txt`, bytes(`${at}${n}`)),
        ),
      ),
    );
    expect(await workspaces[0]?.list()).toHaveLength(40);
    const [row] = await desk.ask<{ files: number; version: number }>(
      'select files, version from workspaces where run_id = $1',
      [runId],
    );
    expect(row).toEqual({ files: 40, version: 40 });
  });

  it('writes nothing for an attempt that is over', async () => {
    const workspace = await open();
    await desk.ask(
      `insert into attempts (run_id, node, attempt, seq, generation, status, ended_at)
       values ($1, 0, 1, 1, 0, 'failed', now())`,
      [runId],
    );
    await expect(workspace.write('late.txt', bytes('late'))).rejects.toMatchObject({
      kind: 'unavailable',
    });
    expect(await rows()).toEqual([]);
  });
});

describe('what leads out of a workspace', () => {
  it.each([
    ['/etc/passwd', 'outside'],
    ['../x', 'outside'],
    ['a/../../x', 'outside'],
    ['C:/x', 'outside'],
    ['a\u202eb', 'bad_name'],
    ['a\u2215b', 'bad_name'],
    ['a\uff0fb', 'bad_name'],
    ['NUL', 'bad_name'],
    ['trailing.', 'bad_name'],
  ])('%j is refused', async (path, kind) => {
    const workspace = await open();
    await expect(workspace.write(path, bytes('x'))).rejects.toMatchObject({ kind });
    await expect(workspace.read(path)).rejects.toMatchObject({ kind });
  });

  it('is not followed, be it a link to a file or to a folder', async () => {
    const workspace = await open();
    const secret = join(here.folder, 'secret.txt');
    await writeFile(secret, 'secret');
    await symlink(secret, join(workspace.folder, 'link.txt'));
    await symlink(here.folder, join(workspace.folder, 'folder'));
    await expect(workspace.read('link.txt')).rejects.toMatchObject({ kind: 'outside' });
    await expect(workspace.read('folder/secret.txt')).rejects.toMatchObject({ kind: 'outside' });
    await expect(workspace.write('folder/new.txt', bytes('x'))).rejects.toMatchObject({
      kind: 'outside',
    });
    await workspace.write('link.txt', bytes('mine'));
    expect(await readFile(secret, 'utf8')).toBe('secret');
    expect(await readdir(here.folder)).not.toContain('new.txt');
  });

  it('is not taken up: links, hard links, pipes, sockets', async () => {
    const workspace = await open();
    const outside = join(here.folder, 'outside.txt');
    await writeFile(outside, 'outside');
    await symlink(outside, join(workspace.folder, 'link.txt'));
    await symlink('/etc', join(workspace.folder, 'etc'));
    await link(outside, join(workspace.folder, 'hard.txt'));
    await promisify(execFile)('mkfifo', [join(workspace.folder, 'pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(workspace.folder, 'sock'), resolve));
    await writeFile(join(workspace.folder, 'plain.txt'), 'plain');
    const { files, leftOut } = await workspace.takeUp();
    expect(files.map(({ path }) => path)).toEqual(['plain.txt']);
    expect(new Map(leftOut.map(({ path, reason }) => [path, reason]))).toEqual(
      new Map([
        ['link.txt', 'is a link, and links are not followed'],
        ['etc', 'is a link, and links are not followed'],
        ['hard.txt', 'has another name elsewhere (a hard link)'],
        ['pipe', 'is a pipe'],
        ['sock', 'is a socket'],
      ]),
    );
    await expect(workspace.read('hard.txt')).rejects.toMatchObject({ kind: 'outside' });
    await expect(workspace.read('pipe')).rejects.toMatchObject({ kind: 'not_a_file' });
    server.close();
  });

  it('is refused when another path is the same on some systems', async () => {
    const workspace = await open();
    await workspace.write('Docs/Read.md', bytes('x'));
    await expect(workspace.write('docs/other.md', bytes('x'))).rejects.toMatchObject({
      kind: 'bad_name',
    });
    await expect(workspace.write('Docs/read.md', bytes('x'))).rejects.toMatchObject({
      kind: 'bad_name',
    });
    await workspace.write('Docs/other.md', bytes('x'));
  });
});

describe('limits', () => {
  it('hold for a file, for the files of a run and for their bytes', async () => {
    const small = await startTestWorkspaces(desk.connection, {
      limits: { fileBytes: 10, runBytes: 25, runFiles: 3 },
    });
    const workspace = await open({}, small);
    await expect(workspace.write('a', bytes('12345678901'))).rejects.toMatchObject({
      kind: 'too_large',
    });
    await workspace.write('a', bytes('1234567890'));
    await workspace.write('b', bytes('1234567890'));
    await expect(workspace.write('c', bytes('1234567890'))).rejects.toMatchObject({
      kind: 'quota',
    });
    await workspace.write('a', bytes('1'));
    await workspace.write('c', bytes('12'));
    await expect(workspace.write('d', bytes(''))).rejects.toMatchObject({ kind: 'quota' });
    expect((await workspace.list()).map(({ path }) => path)).toEqual(['a', 'b', 'c']);
    await small.close();
  });
});
