import type { RunFeedEntry, RunProgressView, RunStatus } from '@tenuto/contract';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { UsageError } from '../failure.ts';
import { createFollowView } from '../follow/view.ts';
import { exitCodeOf } from '../watch/snapshot.ts';
import type { Command } from './command.ts';

export interface FollowOptions {
  /** The number of the last entry that was seen, as it was written. */
  readonly after?: string;
  /** Leaves out what nodes write. */
  readonly logs?: boolean;
}

/**
 * `tenuto run follow ID`: what happens to a run, from its beginning to its end, whatever becomes of
 * the server meanwhile. Ctrl-C stops following and leaves the run alone.
 */
export const followRun: Command<[runId: string, options: FollowOptions]> = async (
  { io, output, client },
  runId,
  { after: written, logs = true },
) => {
  const after = readNumber(written);
  const abort = new AbortController();
  const release = io.onInterrupt(() => abort.abort());
  const view = createFollowView({ io, output });
  let end: RunStatus | undefined;
  let last = after;
  try {
    const options = { after, signal: abort.signal, onAway: view.away };
    for await (const message of client().runs.follow(runId, options)) {
      if (isProgress(message)) {
        view.progress(message);
        continue;
      }
      last = message.seq;
      if (message.type === 'end') end = message.status;
      if (logs || message.type !== 'log') view.entry(message);
    }
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  } finally {
    view.close();
    release();
  }
  if (abort.signal.aborted) {
    output.event({ type: 'detached', run_id: runId, after: last });
    output.note(
      'Stopped following; the run goes on.',
      `  go on from here:  tenuto run follow ${runId} --after ${last}`,
    );
    return EXIT.interrupted;
  }
  return end === undefined ? endOf(await client().runs.get(runId)) : exitCodeOf({ status: end });
};

/** Who has seen the end before is told nothing more; the run says itself how it ended. */
function endOf({ status }: { readonly status: RunStatus }): ExitCode {
  return exitCodeOf({ status });
}

function isProgress(message: RunFeedEntry | RunProgressView): message is RunProgressView {
  return message.type === 'progress';
}

function readNumber(written: string | undefined): number {
  if (written === undefined) return 0;
  if (/^\d{1,15}$/.test(written)) return Number(written);
  throw new UsageError(`"${written}" is not the number of an entry.`);
}
