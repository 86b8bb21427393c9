/** The folder of one run in this process, and what all who work in it share. */
import type { BlobStore, Clock, WorkspaceUse } from '@tenuto/engine';
import type { Database } from '../queries/database.ts';
import type { KnownFiles } from './known-files.ts';

/** How much a run may keep. */
export interface WorkspaceLimits {
  readonly fileBytes: number;
  /** Of all versions together. */
  readonly runBytes: number;
  readonly runFiles: number;
  /** Names of folders that stay where they are made: dependencies, caches, histories. */
  readonly ignored: ReadonlySet<string>;
}

/** What workspaces are made with. */
export interface WorkspaceParts {
  readonly db: Database;
  readonly blobs: BlobStore;
  /** The folder of all workspaces. */
  readonly root: string;
  readonly limits: WorkspaceLimits;
  readonly clock: Pick<Clock, 'wall'>;
  /** A new name that nobody else has. */
  readonly newName: () => string;
}

export interface RunFolder {
  readonly runId: string;
  readonly folder: string;
  known: KnownFiles;
  /** The version of the manifest that the folder shows; undefined while it shows none for sure. */
  version: number | undefined;
  generation: number;
  /** Does one thing after the other. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** One who works in it. */
export interface Desk {
  readonly parts: WorkspaceParts;
  readonly run: RunFolder;
  readonly use: WorkspaceUse;
}

/** Does one thing after the other, whatever comes of each. */
export function createTurns(): RunFolder['alone'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
