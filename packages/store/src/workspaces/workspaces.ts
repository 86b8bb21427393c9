/**
 * Workspaces of runs: a folder for each, and the manifest in the database, which decides. What is
 * written has its bytes in the store of blobs, then a row, then its place in the folder; so a folder
 * can be lost at any time, and is made again from the rows, here or elsewhere.
 */
import { join } from 'node:path';
import { OrchestrationError } from '@tenuto/contract';
import { BlobError, WorkspaceError, type Workspaces } from '@tenuto/engine';
import { openManifest } from '../queries/manifest.ts';
import { codeOf } from '../system-code.ts';
import { noFiles, removeFolder, restoreFiles } from './restore-files.ts';
import { createTurns, type RunFolder, type WorkspaceParts } from './run-folder.ts';
import { settleRun } from './settle-run.ts';
import { workspaceAt } from './workspace.ts';

/** Runs whose files are remembered although nobody works in them: what is seen again is not read. */
const REMEMBERED = 200;
const RUN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface OpenWorkspaces extends Workspaces {
  /** Removes the folder of a run on this machine; whoever opens it again finds it as it was. */
  clear(runId: string): Promise<void>;
}

export function createWorkspaces(parts: WorkspaceParts): OpenWorkspaces {
  const folders = createFolders(parts.root);
  return {
    open: (use) =>
      faults(async () => {
        if (!RUN_ID.test(use.runId))
          throw new WorkspaceError('bad_name', 'That is no id of a run.');
        const run = folders.of(use.runId);
        await run.alone(() => makeReady(parts, run));
        return workspaceAt({ parts, run, use }, faults);
      }),
    async clear(runId) {
      if (!RUN_ID.test(runId)) return;
      const run = folders.of(runId);
      await run.alone(async () => {
        run.version = undefined;
        run.known = noFiles();
        await removeFolder(parts.root, runId);
      });
    },
  };
}

async function makeReady(parts: WorkspaceParts, run: RunFolder): Promise<void> {
  let head = await openManifest(parts.db, run.runId);
  if (head.recoveredSeq > head.settledSeq && (await settleRun(parts.db, run.runId, head))) {
    head = await openManifest(parts.db, run.runId);
  }
  if (run.version === head.version && run.generation === head.generation) return;
  await restoreFiles(parts, run, head);
}

/** The folders that somebody works in, and those that were worked in last. */
function createFolders(root: string) {
  const all = new Map<string, WeakRef<RunFolder>>();
  const recent = new Map<string, RunFolder>();
  return {
    of(runId: string): RunFolder {
      const run = all.get(runId)?.deref() ?? newFolder(root, runId);
      all.set(runId, new WeakRef(run));
      recent.delete(runId);
      recent.set(runId, run);
      for (const oldest of recent.keys()) {
        if (recent.size <= REMEMBERED) break;
        recent.delete(oldest);
      }
      for (const [id, ref] of all) {
        if (all.size <= 2 * REMEMBERED) break;
        if (ref.deref() === undefined) all.delete(id);
      }
      return run;
    },
  };
}

function newFolder(root: string, runId: string): RunFolder {
  return {
    ...{ runId, folder: join(root, runId), known: noFiles() },
    ...{ version: undefined, generation: 0, alone: createTurns() },
  };
}

/** Says in the words of workspaces what has gone wrong beneath. */
async function faults<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw workspaceError(error);
  }
}

function workspaceError(error: unknown): unknown {
  if (error instanceof BlobError) {
    const kind = error.kind === 'too_large' ? 'too_large' : 'unavailable';
    return new WorkspaceError(kind, error.message, { cause: error });
  }
  if (error instanceof OrchestrationError) {
    return new WorkspaceError('unavailable', error.message, { cause: error });
  }
  const code = codeOf(error);
  if (!/^(E[A-Z]+|\d\w{4})$/.test(code)) return error;
  return new WorkspaceError('unavailable', `The workspace cannot be used: ${code}.`, {
    cause: error,
  });
}
