import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, posix, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** One file of the console, as it is sent. */
export interface ConsoleFile {
  readonly type: string;
  readonly body: Buffer;
  /** The same for browsers that take gzip, made when the first one asks; undefined where it would not be smaller. */
  readonly zipped: () => Promise<Buffer | undefined>;
  readonly etag: string;
  /** Its name changes with its content, so a browser may keep it for good. */
  readonly immutable: boolean;
}

/** The files of a built console by the path that a browser asks for. */
export type ConsoleFiles = ReadonlyMap<string, ConsoleFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/** Small enough that a packet holds it anyhow. */
const WORTH_ZIPPING = 1_024;
const ETAG_CHARS = 22;

/**
 * Reads a built console whole: a few megabytes, so that no request ever names a path on the disk.
 * @param folder where the console was built
 * @returns no files when it was not built
 */
export async function readConsole(folder: string): Promise<ConsoleFiles> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names.filter((entry) => entry.isFile() && TYPES[extname(entry.name)]);
  const read = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    const address = posix.join('/', path.slice(folder.length).split(sep).join('/'));
    return [address, await consoleFile(address, await readFile(path))] as const;
  });
  return new Map(await Promise.all(read));
}

function consoleFile(address: string, body: Buffer): ConsoleFile {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, ETAG_CHARS);
  return {
    type: TYPES[extname(address)] ?? 'application/octet-stream',
    body,
    zipped: zippedOnce(body),
    etag: `"${hash}"`,
    immutable: address.startsWith('/assets/'),
  };
}

function zippedOnce(body: Buffer): ConsoleFile['zipped'] {
  let zipping: Promise<Buffer | undefined> | undefined;
  return () => {
    if (body.length < WORTH_ZIPPING) return Promise.resolve(undefined);
    zipping ??= promisify(gzip)(body, { level: 9 }).then((zipped) =>
      zipped.length < body.length ? zipped : undefined,
    );
    return zipping;
  };
}
