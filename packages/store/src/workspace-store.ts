import type { ArtifactChores, BlobStore, Workspaces } from '@tenuto/engine';
import type pg from 'pg';
import { openPool } from './pool.ts';
import { createArtifactChores } from './workspaces/artifact-chores.ts';
import type { WorkspaceParts } from './workspaces/run-folder.ts';
import { createWorkspaces } from './workspaces/workspaces.ts';

/** Attempts write one after the other within a run, and some runs at once. */
const POOL_SIZE = 4;

export interface WorkspaceStore {
  readonly blobs: BlobStore;
  readonly workspaces: Workspaces;
  readonly chores: ArtifactChores;
  close(): Promise<void>;
}

/** The workspaces of runs, on connections that no request waits for. */
export function openWorkspaceStore(
  config: pg.ClientConfig,
  parts: Omit<WorkspaceParts, 'db'>,
): WorkspaceStore {
  const db = openPool({
    ...config,
    max: POOL_SIZE,
    application_name: 'tenuto-workspaces',
    options:
      '-c statement_timeout=60s -c lock_timeout=30s ' +
      '-c idle_in_transaction_session_timeout=30s -c jit=off',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  const workspaces = createWorkspaces({ ...parts, db });
  return {
    blobs: parts.blobs,
    workspaces,
    chores: createArtifactChores({ ...parts, db }, workspaces),
    close: () => db.end(),
  };
}
