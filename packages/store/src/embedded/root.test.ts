import { execFileSync } from 'node:child_process';
import { chmod, chown, cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ask, isRoot, startOwner, temporaryFolder } from '../../test/embedded.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from './index.ts';
import { chooseRunUser, makePrivateFolder, prepareDataDir } from './run-user.ts';

const NOBODY = { uid: 65534, gid: 65534 };
let original: Binaries;

beforeAll(async () => {
  original = await findBinaries({ dataDir: '/', user: undefined });
});

async function started(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const server = await startEmbedded(options);
  onTestFinished(() => server.stop());
  return server;
}

/** A copy of the programs in a folder that only root may enter, as in a checkout under /root. */
async function closedPrograms(): Promise<string> {
  const closed = await temporaryFolder();
  await cp(join(original.folder, '..'), join(closed, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  return join(closed, 'native', 'bin');
}

async function processOwner(server: EmbeddedServer): Promise<number> {
  return (await stat(`/proc/${server.status().pid}`)).uid;
}

describe.skipIf(!isRoot)('started by root (skipped for other users)', () => {
  test('PostgreSQL runs as another user, from programs copied once that this user can reach', async () => {
    const binDir = await closedPrograms();
    const dataDir = await temporaryFolder();
    await chown(dataDir, NOBODY.uid, NOBODY.gid);
    const first = await startEmbedded({ dataDir, binDir });
    expect(await processOwner(first)).toBe(NOBODY.uid);
    await first.stop();
    const copy = join(dataDir, `postgres-${original.version}`);
    const made = await stat(copy, { bigint: true });
    const second = await started({ dataDir, binDir });
    expect(await ask(second.connection, 'select 1 as one')).toEqual([{ one: 1 }]);
    expect((await stat(copy, { bigint: true })).ctimeNs).toBe(made.ctimeNs);
    expect(await readdir(dataDir)).not.toContainEqual(expect.stringMatching(/partial$/));
  });

  test('a parent that the user may not enter is named, before anything is made', async () => {
    const closed = await temporaryFolder();
    const dataDir = join(closed, 'below', 'data');
    await expect(startEmbedded({ dataDir })).rejects.toThrow(
      new RegExp(`cannot be reached by uid \\d+.*chmod o\\+x ${closed}"`),
    );
    expect(await readdir(dataDir)).toEqual([]);
  });

  test('an empty data folder is handed to the user, one with something in it is not', async () => {
    const empty = await temporaryFolder();
    await prepareDataDir(empty, NOBODY);
    expect((await stat(empty)).uid).toBe(NOBODY.uid);
    const used = await temporaryFolder();
    await writeFile(join(used, 'something'), '');
    await chmod(used, 0o711);
    await prepareDataDir(used, NOBODY);
    expect((await stat(used)).uid).toBe(0);
  });

  test('the user is the owner of the data, and the same at every later start', async () => {
    const dataDir = await temporaryFolder();
    const chosen = await chooseRunUser(dataDir);
    expect(chosen?.uid).toBeGreaterThan(0);
    await chown(dataDir, 1234, 1235);
    expect(await chooseRunUser(dataDir)).toEqual({ uid: 1234, gid: 1235 });
    await mkdir(join(dataDir, 'pg'));
    await chown(join(dataDir, 'pg'), 2345, 2346);
    expect(await chooseRunUser(dataDir)).toEqual({ uid: 2345, gid: 2346 });
  });

  test("a folder of somebody else's in the place of ours is refused", async () => {
    const dataDir = await temporaryFolder();
    await mkdir(join(dataDir, 'run'));
    await expect(makePrivateFolder(join(dataDir, 'run'), NOBODY)).rejects.toThrow(/move it away/);
    await chown(join(dataDir, 'run'), NOBODY.uid, NOBODY.gid);
    await expect(makePrivateFolder(join(dataDir, 'run'), NOBODY)).rejects.toThrow(/mode 700/);
    await chmod(join(dataDir, 'run'), 0o700);
    await makePrivateFolder(join(dataDir, 'run'), NOBODY);
  });
});

/** Whether `nobody` can read this checkout and run Node; and the tool that changes the user. */
function canRunAsNobody(): boolean {
  if (!isRoot) return false;
  try {
    const script = ['-e', `require('fs').readFileSync(${JSON.stringify(import.meta.filename)})`];
    execFileSync('setpriv', [...AS_NOBODY, process.execPath, ...script], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const AS_NOBODY = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];

describe.skipIf(!canRunAsNobody())(
  'started by an unprivileged user (skipped where root cannot become nobody)',
  () => {
    test('PostgreSQL runs as that user, with the programs where they are', async () => {
      const dataDir = await temporaryFolder();
      await chown(dataDir, NOBODY.uid, NOBODY.gid);
      const owner = startOwner({
        via: ['setpriv', ...AS_NOBODY],
        source: `
        const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} });
        process.once('SIGTERM', () => server.stop());
        console.log(server.status().pid);`,
      });
      const pid = await owner.line();
      expect((await stat(`/proc/${pid}`)).uid).toBe(NOBODY.uid);
      await owner.kill('SIGTERM');
      expect(await readdir(dataDir)).toEqual(expect.arrayContaining(['pg', 'run']));
      expect(await readdir(dataDir)).not.toContainEqual(expect.stringMatching(/^postgres-/));
      const byRoot = await started({ dataDir });
      expect(await processOwner(byRoot)).toBe(NOBODY.uid);
    });

    test('a folder that it may not write is named in the error', async () => {
      const parent = await temporaryFolder();
      await chmod(parent, 0o755);
      const owner = startOwner({
        via: ['setpriv', ...AS_NOBODY],
        source: `
        const dataDir = ${JSON.stringify(join(parent, 'data'))};
        await startEmbedded({ dataDir }).catch((error) => console.log(error.code, error.message));`,
      });
      expect(await owner.line()).toMatch(
        /^store_unavailable The data folder .*data cannot be used.*EACCES/,
      );
    });
  },
);
