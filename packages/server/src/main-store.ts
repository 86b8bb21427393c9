/** The store of a server: its database, the bytes that runs leave, and the lock of its data folder. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  acquireProcessLock,
  createDiskBlobStore,
  createEngineStore,
  createS3BlobStore,
  createScheduleStore,
  type EmbeddedServer,
  MIGRATIONS,
  openApiStore,
  openWorkspaceStore,
  prepareDatabase,
  startEmbedded,
  type WorkspaceStore,
} from '@tenuto/store';
import type { FastifyBaseLogger } from 'fastify';
import { engineIdOf } from './engine-identity.ts';
import { randomId } from './http/random-id.ts';
import { patiently } from './patience.ts';
import type { Settings } from './settings.ts';
import { systemClock, systemRandom } from './system-clock.ts';
import type { Teardown } from './teardown.ts';

/** What runs leave: its bytes, and the folders that they work in. */
async function workspacesOf(
  { artifacts: { s3, ignored, ...limits } }: Settings,
  dataDir: string,
  { config, teardown }: Pick<StoreParts, 'teardown'> & { readonly config: StoreConfig },
): Promise<WorkspaceStore> {
  const own = { newName: () => randomId(systemRandom), clock: systemClock };
  const blobs =
    s3 === undefined
      ? createDiskBlobStore({ ...own, folder: join(dataDir, 'blobs') })
      : await createS3BlobStore({ ...own, ...s3, folder: join(dataDir, 'blobs-incoming') });
  const store = openWorkspaceStore(config, {
    ...{ ...own, blobs, root: join(dataDir, 'workspaces') },
    limits: { ...limits, ignored: new Set(ignored) },
  });
  teardown.add(store.close);
  return store;
}

type StoreConfig = Parameters<typeof openApiStore>[0];

export interface StoreParts {
  readonly logger: FastifyBaseLogger;
  readonly teardown: Teardown;
}

export async function openStore(
  settings: Settings,
  dataDir: string,
  { logger, teardown }: StoreParts,
) {
  let embedded: EmbeddedServer | undefined;
  if (settings.databaseUrl === undefined) {
    const { postgresBin: binDir } = settings;
    embedded = await startEmbedded({ dataDir, logger, ...(binDir !== undefined && { binDir }) });
    teardown.add(embedded.stop);
    embedded.onFatal((error) => logger.error({ err: error }, 'the database is given up'));
  }
  const config = embedded?.connection ?? { connectionString: settings.databaseUrl ?? '' };
  const prepare = () => prepareDatabase(config, { migrations: MIGRATIONS, logger });
  const { warnings } = await patiently(prepare, { clock: systemClock, logger });
  const files = await workspacesOf(settings, dataDir, { config, teardown });
  const api = openApiStore(config, files.blobs);
  teardown.add(() => api.close());
  const engine = createEngineStore(config, files.blobs);
  teardown.add(() => engine.close());
  const schedule = createScheduleStore(config);
  teardown.add(() => schedule.close());
  const space = () => embedded?.status().space ?? 'ok';
  return {
    api,
    config,
    engine,
    files,
    schedule,
    warnings: () => [...warnings, ...spaceWarnings(space())],
    refusal: () => (space() === 'ok' ? undefined : DISK_FULL),
  };
}

const DISK_FULL =
  'The disk of the data folder is nearly full: make room there. What was accepted goes on.';

function spaceWarnings(level: string): readonly string[] {
  return level === 'ok' ? [] : [`The disk of the data folder is nearly full (${level}).`];
}

/** Under the lock of the data folder the engine keeps its id; beside another server it gets one. */
export async function identify(dataDir: string, teardown: Teardown) {
  await mkdir(dataDir, { recursive: true });
  const lock = await acquireProcessLock(dataDir, 'engine');
  if ('heldBy' in lock) return { engineId: randomId(systemRandom), previousIsDead: false };
  teardown.add(() => lock.release());
  const { engineId, known } = await engineIdOf(dataDir, systemRandom);
  return { engineId, previousIsDead: known };
}
