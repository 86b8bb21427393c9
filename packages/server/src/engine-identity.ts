import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '@tenuto/engine';

const FILE = 'engine-id';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The id under which the engine of a data folder is known; the caller holds the folder's lock, so
 * an engine that used it before is dead.
 * @returns the id, and whether it was used before
 */
export async function engineIdOf(
  dataDir: string,
  random: Pick<Random, 'bytes'>,
): Promise<{ readonly engineId: string; readonly known: boolean }> {
  const file = join(dataDir, FILE);
  const written = await readFile(file, 'utf8').catch(() => '');
  if (UUID.test(written.trim())) return { engineId: written.trim(), known: true };
  const engineId = newEngineId(random);
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, `${engineId}\n`, { mode: 0o600 });
  return { engineId, known: false };
}

/** A random UUID (version 4). */
export function newEngineId(random: Pick<Random, 'bytes'>): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[6] = 0x40 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
