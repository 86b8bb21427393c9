/** What the pruner does about files of runs, on a real database and a real disk. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createDoctor } from '@tenuto/engine';
import { startTestWorkspaces, type TestWorkspaces, testUse } from '@tenuto/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiStore } from '../src/api-store.ts';
import { announceBlobs } from '../src/queries/stored-blobs.ts';
import { type Desk, openDesk } from './desk.ts';
import { newRunId } from './rows.ts';

const DAY_MS = 24 * 3_600_000;
let desk: Desk;
let files: TestWorkspaces;
beforeAll(async () => {
  desk = await openDesk();
  files = await startTestWorkspaces(desk.connection);
});
afterAll(async () => {
  await files.close();
  await desk.close();
});

/** A run that is over, for so many days; its id is from the partition before this week's. */
async function overSince(days: number): Promise<string> {
  const { text } = newRunId();
  const at = Date.now() - 6 * DAY_MS;
  const hex = at.toString(16).padStart(12, '0');
  const runId = `${hex.slice(0, 8)}-${hex.slice(8)}${text.slice(13)}`;
  await desk.ask(
    `insert into runs (run_id, plan_hash, owner, kind, name, job_type, priority, triggered_by, input,
       created_at, completed_at, status, progress, version)
     values ($1, '', 'ann', 0, 'r', 'dag', 5, 'ann', '{}', now(), now() - $2 * interval '1 day',
       'completed', '{}', 1)`,
    [runId, days],
  );
  return runId;
}

async function written(runId: string, text: string): Promise<string> {
  const workspace = await files.workspaces.open(testUse(runId));
  return (await workspace.write('a.txt', Buffer.from(text))).hash;
}

const age = (hash: string, days: number) =>
  desk.ask(
    `update stored_blobs set touched_at = now() - $2 * interval '1 day' where hash = decode($1, 'hex')`,
    [hash, days],
  );

describe('artifacts of a run', () => {
  it('are deleted when it has been over for long enough, with their bytes later', async () => {
    const [old, young] = [await overSince(5), await overSince(1)];
    const [gone, kept] = [await written(old, 'old'), await written(young, 'young')];
    expect(await files.chores.dropArtifacts(3 * DAY_MS)).toBe(1);
    expect(await files.chores.dropArtifacts(3 * DAY_MS)).toBe(0);
    expect(
      await desk.ask('select run_id from artifacts where run_id = any($1)', [[old, young]]),
    ).toEqual([{ run_id: young }]);
    expect(await files.chores.dropBlobs()).toBe(0);
    await Promise.all([age(gone, 2), age(kept, 2)]);
    expect(await files.chores.dropBlobs()).toBe(1);
    expect([await files.blobs.size(gone), await files.blobs.size(kept)]).toEqual([undefined, 5]);
  });
});

describe('bytes that nothing refers to', () => {
  it('stay while somebody has announced to put them', async () => {
    const { hash } = await files.blobs.put(Buffer.from('wanted soon'));
    const session = await desk.session();
    await announceBlobs(session, [hash]);
    expect(await files.chores.dropBlobs()).toBe(0);
    await age(hash, 2);
    await announceBlobs(session, [hash]);
    expect(await files.chores.dropBlobs()).toBe(0);
    expect(await files.blobs.size(hash)).toBe(11);
  });

  it('are put anew by who comes while they are being removed', async () => {
    const { hash } = await files.blobs.put(Buffer.from('in between'));
    const session = await desk.session();
    await announceBlobs(session, [hash]);
    await age(hash, 2);
    // What the pruner does, one step at a time.
    await session.query('begin');
    await session.query(`select from stored_blobs where hash = decode($1, 'hex') for update`, [
      hash,
    ]);
    let written = false;
    const runId = newRunId().text;
    const writing = files.workspaces.open(testUse(runId)).then(async (workspace) => {
      await workspace.write('a.txt', Buffer.from('in between'));
      written = true;
    });
    await expect
      .poll(() =>
        desk.ask(`select from pg_stat_activity where wait_event_type = 'Lock'
          and query like 'insert into stored_blobs%'`),
      )
      .toHaveLength(1);
    await files.blobs.remove([hash]);
    await session.query(`delete from stored_blobs where hash = decode($1, 'hex')`, [hash]);
    expect(written).toBe(false);
    await session.query('commit');
    await writing;
    expect(await files.blobs.size(hash)).toBe(10);
    expect(await files.chores.dropBlobs()).toBe(0);
  });
});

describe('folders', () => {
  it('of runs that are over for long, or are none, go; they come back when they are opened', async () => {
    const [old, young] = [await overSince(5), await overSince(1)];
    await Promise.all([written(old, 'x'), written(young, 'y')]);
    const root = join(files.folder, 'workspaces');
    await files.chores.dropFolders(3 * DAY_MS);
    const left = await readdir(root);
    expect([left.includes(old), left.includes(young)]).toEqual([false, true]);
    const again = await files.workspaces.open(testUse(old));
    expect(Buffer.from(await again.read('a.txt')).toString()).toBe('x');
  });
});

describe('the doctor', () => {
  it('finds bytes that are missing in the store of blobs, or of another length', async () => {
    const runId = await overSince(1);
    const hash = await written(runId, 'examined');
    const store = openApiStore({ ...desk.connection }, files.blobs);
    const examined = async () => {
      const { checks } = await createDoctor(store.doctor).examine({ checks: ['missing_bytes'] });
      return checks.flatMap(({ evidence }) => evidence.filter(({ subject }) => subject === runId));
    };
    expect(await examined()).toEqual([]);
    await files.blobs.remove([hash]);
    expect(await examined()).toMatchObject([{ detail: expect.stringContaining('are missing') }]);
    await store.close();
  });
});
