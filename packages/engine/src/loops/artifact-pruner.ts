/**
 * The pruner of artifacts: what nobody needs any more goes, a part at a time, in each server. Rows
 * say who was first, so it does no harm beside others.
 */
import type { EngineLog } from '../engine-log.ts';
import type { ArtifactChores } from '../ports/artifact-chores.ts';
import type { Clock } from '../ports/clock.ts';
import { createLoop, type Loop } from './loop.ts';

const EVERY_MS = 600_000;
/** Between two parts of a lot: whoever works needs the disk more. */
const PAUSE_MS = 1_000;

export interface ArtifactPrunerOptions {
  readonly chores: ArtifactChores;
  readonly clock: Clock;
  readonly log: EngineLog;
  /** How long artifacts are kept after their run; 0, as long as the run. */
  readonly retentionMs: number;
  /** How long a run's folder stays after its end. */
  readonly workspaceMs: number;
}

export function createArtifactPruner(
  options: ArtifactPrunerOptions,
): Pick<Loop, 'start' | 'stop' | 'wake'> {
  const { chores, clock, log, retentionMs, workspaceMs } = options;
  return createLoop({
    ...{ name: 'artifact pruner', clock, everyMs: EVERY_MS },
    async runOnce() {
      const artifacts = retentionMs > 0 ? await chores.dropArtifacts(retentionMs) : 0;
      const blobs = await chores.dropBlobs();
      const folders = await chores.dropFolders(workspaceMs);
      if (artifacts + blobs + folders === 0) return undefined;
      log.info({ artifacts, blobs, folders }, 'files of runs were removed');
      return PAUSE_MS;
    },
    onError: (name, error) =>
      log.warn({ loop: name, error: String(error) }, 'a round failed; it comes again'),
  });
}
