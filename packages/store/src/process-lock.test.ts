import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startOwner, temporaryFolder } from '../test/embedded.ts';
import { acquireFile, acquireProcessLock, type LockAttempt } from './process-lock.ts';

const lockUrl = new URL('./process-lock.ts', import.meta.url).href;

async function taken(attempt: Promise<LockAttempt>) {
  const lock = await attempt;
  if ('heldBy' in lock) throw new Error(`held by ${JSON.stringify(lock.heldBy)}`);
  onTestFinished(() => lock.release());
  return lock;
}

/** Starts a process that takes a lock by `call`, and waits until it has it. */
async function holder(call: string) {
  const owner = startOwner({
    source: `
      const { acquireFile, acquireProcessLock } = await import(${JSON.stringify(lockUrl)});
      const lock = await ${call};
      setInterval(() => {}, 1_000);
      console.log('heldBy' in lock ? 'no' : 'yes');`,
  });
  expect(await owner.line()).toBe('yes');
  return owner;
}

const KINDS = [
  {
    kind: 'of the system',
    acquire: (folder: string) => acquireProcessLock(folder, 'x'),
    call: (folder: string) => `acquireProcessLock(${JSON.stringify(folder)}, 'x')`,
  },
  {
    kind: 'by a file',
    acquire: (folder: string) => acquireFile(join(folder, 'x.lock.json')),
    call: (folder: string) => `acquireFile(${JSON.stringify(join(folder, 'x.lock.json'))})`,
  },
];

describe.each(KINDS)('a lock $kind', ({ acquire, call }) => {
  test('is held once, and tells who holds it since when', async () => {
    const folder = await temporaryFolder();
    const lock = await taken(acquire(folder));
    const second = await acquire(folder);
    expect(second).toEqual({
      heldBy: { pid: process.pid, since: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) },
    });
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await taken(acquire(folder));
  });

  test('goes to exactly one of many who want it at once', async () => {
    const folder = await temporaryFolder();
    const attempts = await Promise.all(Array.from({ length: 20 }, () => acquire(folder)));
    const won = attempts.filter((attempt) => 'release' in attempt);
    expect(won).toHaveLength(1);
    await won[0]?.release();
  });

  test('ends with its process, even with kill -9', async () => {
    const folder = await temporaryFolder();
    const owner = await holder(call(folder));
    expect(await acquire(folder)).toMatchObject({ heldBy: { pid: owner.process.pid } });
    await owner.kill('SIGKILL');
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^x\.lock\.json(\.1)?$/)]);
    await taken(acquire(folder));
  });

  test('is held by a process that is stopped', async () => {
    const folder = await temporaryFolder();
    const owner = await holder(call(folder));
    owner.process.kill('SIGSTOP');
    expect(await acquire(folder)).toMatchObject({ heldBy: { pid: owner.process.pid } });
  });

  test('is not impressed by a file that is no lock', async () => {
    const folder = await temporaryFolder();
    for (const text of ['', '{', 'null', '[]', '{"pid":"1"}', '{"pid":1e99}']) {
      await writeFile(join(folder, 'x.lock.json'), text);
      await writeFile(join(folder, 'x.lock.json.7'), text);
      await (await taken(acquire(folder))).release();
    }
  });
});

test('locks of other names and other folders are other locks', async () => {
  const [one, other] = [await temporaryFolder(), await temporaryFolder()];
  await taken(acquireProcessLock(one, 'x'));
  await taken(acquireProcessLock(one, 'y'));
  await taken(acquireProcessLock(other, 'x'));
});

test('two ways to one folder lead to one lock', async () => {
  const parent = await temporaryFolder();
  await mkdir(join(parent, 'real'));
  await symlink(join(parent, 'real'), join(parent, 'link'));
  await taken(acquireProcessLock(join(parent, 'real'), 'x'));
  expect(await acquireProcessLock(join(parent, 'link'), 'x')).toHaveProperty('heldBy');
});

test('a folder that is missing is an error, not a lock', async () => {
  await expect(acquireProcessLock('/nonexistent/folder', 'x')).rejects.toThrow(/ENOENT/);
});

describe('a lock file', () => {
  test('of a process that has the pid of its dead holder is void', async () => {
    const file = join(await temporaryFolder(), 'x.lock.json');
    const since = '2020-01-01T00:00:00.000Z';
    await writeFile(`${file}.1`, JSON.stringify({ pid: process.pid, since, started: 'long ago' }));
    await taken(acquireFile(file));
    expect(JSON.parse(await readFile(`${file}.2`, 'utf8'))).toMatchObject({ pid: process.pid });
  });

  test('that is void goes to exactly one of many, again and again', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'x.lock.json');
    for (let round = 0; round < 20; round += 1) {
      await writeFile(`${file}.1`, JSON.stringify({ pid: 2 ** 30, since: 'then' }));
      const attempts = await Promise.all(Array.from({ length: 20 }, () => acquireFile(file)));
      const won = attempts.filter((attempt) => 'release' in attempt);
      expect(won).toHaveLength(1);
      expect(await readdir(folder)).toEqual(['x.lock.json.2']);
      await won[0]?.release();
    }
  });
});
