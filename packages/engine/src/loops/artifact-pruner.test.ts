import { describe, expect, it, vi } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { createArtifactPruner } from './artifact-pruner.ts';

function stage(found: readonly (number | Error)[], retentionMs = 5) {
  const clock = createManualClock();
  const left = [...found];
  const next = async () => {
    const count = left.shift() ?? 0;
    if (count instanceof Error) throw count;
    return count;
  };
  const chores = {
    dropArtifacts: vi.fn(async () => 0),
    dropBlobs: vi.fn(next),
    dropFolders: vi.fn(async () => 0),
  };
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const pruner = createArtifactPruner({ chores, clock, log, retentionMs, workspaceMs: 7 });
  pruner.start();
  return { clock, chores, log, pruner };
}

describe('the pruner of artifacts', () => {
  it('goes on soon while there is something to remove, then now and then', async () => {
    const { clock, chores, pruner } = stage([3, 2]);
    await clock.advance(0);
    expect(chores.dropBlobs).toHaveBeenCalledTimes(1);
    expect(chores.dropArtifacts).toHaveBeenCalledWith(5);
    expect(chores.dropFolders).toHaveBeenCalledWith(7);
    await clock.advance(1_000);
    await clock.advance(1_000);
    expect(chores.dropBlobs).toHaveBeenCalledTimes(3);
    await clock.advance(599_000);
    expect(chores.dropBlobs).toHaveBeenCalledTimes(3);
    await clock.advance(1_000);
    expect(chores.dropBlobs).toHaveBeenCalledTimes(4);
    await pruner.stop();
  });

  it('keeps artifacts as long as their runs when nothing else is said', async () => {
    const { clock, chores, pruner } = stage([], 0);
    await clock.advance(0);
    expect(chores.dropArtifacts).not.toHaveBeenCalled();
    await pruner.stop();
  });

  it('says what went wrong and comes again', async () => {
    const { clock, chores, log, pruner } = stage([new Error('away')]);
    await clock.advance(0);
    expect(log.warn).toHaveBeenCalledTimes(1);
    await clock.advance(600_000);
    expect(chores.dropBlobs).toHaveBeenCalledTimes(2);
    await pruner.stop();
  });
});
