import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/embedded.ts';
import { pidFilePath, pidFileStamp, readPidFile } from './pid-file.ts';

async function folderWith(text: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(pidFilePath(folder), text);
  return folder;
}

test('a whole file says who serves where, and whether it is ready', async () => {
  const folder = await folderWith('42\n/data/pg\n1700000000\n5432\n/data/run\n\n  1 2\nready   \n');
  expect(await readPidFile(folder)).toEqual({
    pid: 42,
    port: 5432,
    socketFolder: '/data/run',
    ready: true,
  });
});

test.each(['starting', 'stopping', ''])('a server that is %j is not ready', async (state) => {
  const folder = await folderWith(`42\n/data/pg\n1\n5432\n/data/run\n\n1 2\n${state}\n`);
  expect((await readPidFile(folder))?.ready).toBe(false);
});

test.each(['', '\n', 'x\n', '-7\n', '0\n', '1.5\n'])('%j names no server', async (text) => {
  expect(await readPidFile(await folderWith(text))).toBeUndefined();
});

test('a file that is half written names its server and nothing else', async () => {
  const folder = await folderWith('42\n/data');
  expect(await readPidFile(folder)).toMatchObject({ pid: 42, socketFolder: '', ready: false });
});

test('no file means no server, and what is not a file is an error', async () => {
  const folder = await temporaryFolder();
  expect(await readPidFile(folder)).toBeUndefined();
  await mkdir(pidFilePath(folder));
  await expect(readPidFile(folder)).rejects.toThrow(/EISDIR/);
});

test('the stamp changes with each write', async () => {
  const folder = await temporaryFolder();
  expect(pidFileStamp(folder)).toBeUndefined();
  await writeFile(pidFilePath(folder), '1\n');
  const first = pidFileStamp(folder);
  await expect
    .poll(async () => {
      await writeFile(pidFilePath(folder), '1\n');
      return pidFileStamp(folder);
    })
    .not.toBe(first);
});
