import { join } from 'node:path';

export { type ApiStore, openApiStore, prepareDatabase } from './api-store.ts';
export {
  createCallLedger,
  type KeptLedger,
  type OpenCallLedger,
  openCallLedger,
} from './call-ledger.ts';
export * from './embedded/index.ts';
export { createEngineStore, type OpenEngineStore } from './engine-store.ts';
export { migrate } from './migrate.ts';
export { createNotifyBus } from './notify-bus.ts';
export { acquireProcessLock } from './process-lock.ts';

/** The folder of the migrations that come with this package. */
export const MIGRATIONS = join(import.meta.dirname, '../sql');
export { createDiskBlobStore } from './blobs/disk-blob-store.ts';
export { createS3BlobStore } from './blobs/s3-blob-store.ts';
export { makePartitions } from './queries/partitions.ts';
export { putPlan } from './queries/plans.ts';
export { fireForEvents } from './queries/task-events.ts';
export { createScheduleStore, type OpenScheduleStore } from './schedule-store.ts';
export { openWorkspaceStore, type WorkspaceStore } from './workspace-store.ts';
