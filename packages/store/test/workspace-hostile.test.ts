/** Workspaces against everything that a model or its commands may try. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkspaceError } from '@tenuto/engine';
import { startTestWorkspaces, type TestWorkspaces, testUse } from '@tenuto/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Desk, openDesk } from './desk.ts';
import { newRunId } from './rows.ts';

const vectors = join(process.env.TENUTO_VECTORS ?? 'vectors', 'hostile-input/path-names.json');
const present = existsSync(vectors);
if (!present) console.warn('skipped the hostile paths: their file is not here');

let desk: Desk;
let here: TestWorkspaces;
let outside: string;
beforeAll(async () => {
  desk = await openDesk();
  here = await startTestWorkspaces(desk.connection);
});
afterAll(async () => {
  await here.close();
  await desk.close();
});
beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'tenuto-outside-'));
  return () => rm(outside, { recursive: true, force: true });
});

const open = () => here.workspaces.open(testUse(newRunId().text));
const bytes = Buffer.from('x');

/** What came of it, when all that can be refused is refused with a sentence. */
async function tried(work: Promise<unknown>): Promise<'done' | 'refused'> {
  try {
    await work;
    return 'done';
  } catch (error) {
    expect(error).toBeInstanceOf(WorkspaceError);
    return 'refused';
  }
}

describe.skipIf(!present)('a path that is not nice', () => {
  it('stays in the workspace, or is refused, to be written and to be read', async () => {
    const rows: readonly { name: unknown }[] = present
      ? JSON.parse(readFileSync(vectors, 'utf8'))
      : [];
    const names = rows.map(({ name }) => name).filter((name) => typeof name === 'string');
    const workspace = await open();
    let done = 0;
    for (const name of names) {
      if ((await tried(workspace.write(name, bytes))) === 'refused') {
        expect(await tried(workspace.read(name))).toBe('refused');
        continue;
      }
      done += 1;
      expect(Buffer.from(await workspace.read(name)).toString()).toBe('x');
    }
    const entries = await readdir(workspace.folder, { recursive: true, withFileTypes: true });
    expect(entries.filter((entry) => entry.isFile()).length).toBe((await workspace.list()).length);
    expect(done).toBeLessThan(names.length);
  });
});

describe('a folder that is a link now and then', () => {
  it('leads nobody outside who writes below it meanwhile', async () => {
    const workspace = await open();
    const folder = join(workspace.folder, 'd');
    await mkdir(folder);
    await symlink(outside, join(workspace.folder, 'link'));
    await writeFile(join(outside, 'secret.txt'), 'secret');
    const state = { over: false };
    const swapping = (async () => {
      while (!state.over) {
        await rename(folder, `${folder}-aside`).catch(() => undefined);
        await symlink(outside, folder).catch(() => undefined);
        await rm(folder).catch(() => undefined);
        await rename(`${folder}-aside`, folder).catch(() => undefined);
      }
    })();
    for (let count = 0; count < 60; count += 1) {
      await tried(workspace.write(`d/${count}.txt`, bytes));
      expect(await tried(workspace.read('d/secret.txt'))).toBe('refused');
      expect(await tried(workspace.read('link/secret.txt'))).toBe('refused');
    }
    await tried(workspace.takeUp());
    state.over = true;
    await swapping;
    expect(await readdir(outside)).toEqual(['secret.txt']);
    expect((await workspace.list()).filter(({ path }) => path.includes('secret'))).toEqual([]);
  });
});
