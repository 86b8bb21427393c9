import { once } from 'node:events';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../test/embedded.ts';
import {
  connectionTo,
  discardEndpoint,
  makeLoopbackEndpoint,
  makeSocketEndpoint,
  runningEndpoint,
} from './endpoint.ts';

const NO_SERVER = { pid: 1, port: 5432, ready: true };

test('a socket lies in the data folder, and its folder is used again', async () => {
  const dataDir = await temporaryFolder();
  const endpoint = await makeSocketEndpoint({ dataDir, user: undefined });
  expect(endpoint).toEqual({ kind: 'socket', folder: join(dataDir, 'run') });
  await discardEndpoint(dataDir, endpoint);
  expect(await makeSocketEndpoint({ dataDir, user: undefined })).toEqual(endpoint);
  expect(connectionTo(endpoint)).not.toHaveProperty('password');
});

test.each([
  20, 60, 120,
])('a socket of a folder named with %i letters can be bound', async (letters) => {
  const dataDir = join(await temporaryFolder(), 'x'.repeat(letters));
  await mkdir(dataDir);
  const endpoint = await makeSocketEndpoint({ dataDir, user: undefined });
  onTestFinished(() => rm(connectionTo(endpoint).host, { recursive: true, force: true }));
  const { host, port } = connectionTo(endpoint);
  const server = createServer().listen(join(host, `.s.PGSQL.${port}`));
  await once(server, 'listening');
  server.close();
  expect((await stat(host)).mode & 0o777).toBe(0o700);
});

test('a socket folder elsewhere is new each time, and gone afterwards', async () => {
  const dataDir = join(await temporaryFolder(), 'x'.repeat(120));
  await mkdir(dataDir);
  const [one, other] = [
    await makeSocketEndpoint({ dataDir, user: undefined }),
    await makeSocketEndpoint({ dataDir, user: undefined }),
  ];
  expect(one).not.toEqual(other);
  for (const endpoint of [one, other]) {
    await discardEndpoint(dataDir, endpoint);
    await expect(stat(connectionTo(endpoint).host)).rejects.toThrow(/ENOENT/);
  }
});

test('the password of the loopback is made once, long, and only for its owner to read', async () => {
  const dataDir = await temporaryFolder();
  const first = connectionTo(await makeLoopbackEndpoint(dataDir));
  const second = connectionTo(await makeLoopbackEndpoint(dataDir));
  expect(first.password).toMatch(/^[\w-]{32}$/);
  expect(second.password).toBe(first.password);
  const file = join(dataDir, 'postgres-password');
  expect((await readFile(file, 'utf8')).trim()).toBe(first.password);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a running server is reached where its own file says', async () => {
  const dataDir = await temporaryFolder();
  const socket = await runningEndpoint(dataDir, { ...NO_SERVER, socketFolder: '/tmp/tenuto-x' });
  expect(socket).toEqual({ kind: 'socket', folder: '/tmp/tenuto-x' });
  const made = await makeLoopbackEndpoint(dataDir);
  const port = connectionTo(made).port;
  expect(await runningEndpoint(dataDir, { ...NO_SERVER, port, socketFolder: '' })).toEqual(made);
});
