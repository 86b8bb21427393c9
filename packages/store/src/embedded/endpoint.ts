import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rmdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATABASE, type PostgresConnection, SUPERUSER } from './connection.ts';
import type { PidFile } from './pid-file.ts';
import { makePrivateFolder, own, type RunUser } from './run-user.ts';
import { type Endpoint, SOCKET_PORT } from './settings.ts';
import { errorCode } from './store-error.ts';

/** Bytes of a socket's path on the strictest system (macOS: 104 with the final zero). */
const SOCKET_PATH_BYTES = 103;

export interface EndpointOptions {
  readonly dataDir: string;
  readonly user: RunUser | undefined;
}

/**
 * A place to listen at for a server of this data folder: a folder in it that nobody else may enter,
 * or, where the path would be too long for a socket, one in the folder for temporary files.
 */
export async function makeSocketEndpoint({ dataDir, user }: EndpointOptions): Promise<Endpoint> {
  const inside = join(dataDir, 'run');
  if (Buffer.byteLength(socketPath(inside)) <= SOCKET_PATH_BYTES) {
    await makePrivateFolder(inside, user);
    return { kind: 'socket', folder: inside };
  }
  const base = Buffer.byteLength(tmpdir()) <= SOCKET_PATH_BYTES / 2 ? tmpdir() : '/tmp';
  const folder = await mkdtemp(join(base, 'tenuto-'));
  await own(folder, user);
  return { kind: 'socket', folder };
}

/** A free port of the loopback, and the password that keeps other users of the machine out. */
export async function makeLoopbackEndpoint(dataDir: string): Promise<Endpoint> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  const closed = once(probe, 'close');
  probe.close();
  await closed;
  const port = typeof address === 'object' && address !== null ? address.port : SOCKET_PORT;
  return { kind: 'loopback', port, password: await passwordOf(dataDir) };
}

/** The endpoint of a server that already runs. */
export async function runningEndpoint(dataDir: string, pidFile: PidFile): Promise<Endpoint> {
  if (pidFile.socketFolder !== '') return { kind: 'socket', folder: pidFile.socketFolder };
  return { kind: 'loopback', port: pidFile.port, password: await passwordOf(dataDir) };
}

export function connectionTo(endpoint: Endpoint): PostgresConnection {
  const account = { user: SUPERUSER, database: DATABASE };
  if (endpoint.kind === 'socket') return { host: endpoint.folder, port: SOCKET_PORT, ...account };
  return { host: '127.0.0.1', port: endpoint.port, password: endpoint.password, ...account };
}

/** Removes a socket folder outside the data folder; one inside is used again. */
export async function discardEndpoint(dataDir: string, endpoint: Endpoint): Promise<void> {
  if (endpoint.kind !== 'socket' || endpoint.folder === join(dataDir, 'run')) return;
  await rmdir(endpoint.folder).catch(() => {});
}

function socketPath(folder: string): string {
  return join(folder, `.s.PGSQL.${SOCKET_PORT}`);
}

async function passwordOf(dataDir: string): Promise<string> {
  const file = join(dataDir, 'postgres-password');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  const password = randomBytes(24).toString('base64url');
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${password}\n`, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
  return password;
}
