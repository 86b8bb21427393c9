import { link, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '@tenuto/engine';
import { KEY_BYTES } from './vault.ts';

const FILE = 'secret-key';
/** A name of its own for each process that makes one at the same time. */
const SUFFIX_BYTES = 8;

/**
 * The key that secrets are sealed under: the preset one, else that of the data folder, which is made
 * at the first start and readable by its owner alone. Without it sealed secrets are lost.
 *
 * @param preset what `TENUTO_SECRET_KEY` holds, already checked
 * @throws Error when the folder's key cannot be read as one
 */
export async function secretKeyOf(
  dataDir: string,
  {
    preset,
    random,
  }: { readonly preset: Uint8Array | undefined; readonly random: Pick<Random, 'bytes'> },
): Promise<Uint8Array> {
  if (preset !== undefined) return preset;
  const file = join(dataDir, FILE);
  return (await readKey(file)) ?? (await makeKey(dataDir, file, random));
}

async function readKey(file: string): Promise<Uint8Array | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const key = parseSecretKey(text.trim());
  if (key === undefined) throw new Error(`${file} holds no key; put it back from a backup.`);
  return key;
}

/**
 * Written whole under another name first: of two servers that begin at once, one key stays. It is on
 * the disk before anything is sealed under it: a power cut must not take it away.
 */
async function makeKey(
  dataDir: string,
  file: string,
  random: Pick<Random, 'bytes'>,
): Promise<Uint8Array> {
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}.${Buffer.from(random.bytes(SUFFIX_BYTES)).toString('hex')}`;
  const text = Buffer.from(random.bytes(KEY_BYTES)).toString('base64');
  await writeFile(draft, `${text}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(dataDir);
  const key = await readKey(file);
  if (key === undefined) throw new Error(`${file} is gone as soon as it was made.`);
  return key;
}

/** Writes down which names the folder has; where folders cannot be opened, that is not ours to do. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

/** 32 bytes as base64, base64url or hex; undefined for anything else. */
export function parseSecretKey(text: string): Uint8Array | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length === KEY_BYTES ? key : undefined;
}
