import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbedded } from '@tenuto/store';
import { prepareTwins, type TwinPlace } from './database.ts';

/** Does something beside a PostgreSQL of its own, if it is wanted. */
export async function withTwins<T>(
  wanted: boolean,
  work: (place: TwinPlace | undefined) => Promise<T>,
): Promise<T> {
  if (!wanted) return work(undefined);
  const dataDir = await mkdtemp(join(tmpdir(), 'tenuto-twin-'));
  try {
    const server = await startEmbedded({ dataDir });
    try {
      return await work(await prepareTwins(server.connection));
    } finally {
      await server.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
