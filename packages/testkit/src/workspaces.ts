/** Workspaces of tests: real ones, on a test database and in a folder of their own. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BlobStore, WorkspaceUse } from '@tenuto/engine';
import {
  createDiskBlobStore,
  openWorkspaceStore,
  type PostgresConnection,
  type WorkspaceStore,
} from '@tenuto/store';

export interface TestWorkspaces extends WorkspaceStore {
  /** Where it keeps everything. */
  readonly folder: string;
  /** The same rows and bytes on another machine: nothing is in its folders yet. */
  elsewhere(): Promise<TestWorkspaces>;
}

interface TestLimits {
  readonly fileBytes?: number;
  readonly runBytes?: number;
  readonly runFiles?: number;
  readonly ignored?: ReadonlySet<string>;
}

const MIB = 1024 * 1024;
const LIMITS = {
  fileBytes: 64 * MIB,
  runBytes: 1024 * MIB,
  runFiles: 50_000,
  ignored: new Set(['node_modules', '.git']),
};

/** Closing it removes its folder. */
export async function startTestWorkspaces(
  connection: PostgresConnection,
  { limits, blobs }: { readonly limits?: TestLimits; readonly blobs?: BlobStore } = {},
): Promise<TestWorkspaces> {
  const folder = await mkdtemp(join(tmpdir(), 'tenuto-workspaces-'));
  const own = { newName: randomUUID, clock: { wall: Date.now } };
  const bytes = blobs ?? createDiskBlobStore({ ...own, folder: join(folder, 'blobs') });
  const store = openWorkspaceStore(
    { ...connection },
    {
      ...{ ...own, blobs: bytes, root: join(folder, 'workspaces') },
      limits: { ...LIMITS, ...limits },
    },
  );
  return {
    ...{ ...store, folder },
    elsewhere: () =>
      startTestWorkspaces(connection, { blobs: bytes, ...(limits !== undefined && { limits }) }),
    async close() {
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An attempt that works in a workspace. */
export function testUse(runId: string, over: Partial<WorkspaceUse> = {}): WorkspaceUse {
  return { runId, owner: 'ann', node: 0, nodeId: 'work', attempt: 1, ...over };
}
