import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '@tenuto/engine';
import { randomId } from './http/random-id.ts';

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
  const engineId = randomId(random);
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, `${engineId}\n`, { mode: 0o600 });
  return { engineId, known: false };
}
