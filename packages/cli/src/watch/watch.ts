import type { JobNode } from '@tenuto/contract';
import { ApiError, type Client } from '@tenuto/sdk';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import type { Output } from '../output.ts';
import type { Outline } from './outline.ts';
import { poll } from './poll.ts';
import { exitCodeOf, type Snapshot } from './snapshot.ts';
import { causesOf, type FailedNode, summaryLines, tailOf } from './summary.ts';
import { createView } from './view.ts';

interface Watching {
  readonly io: Io;
  readonly output: Output;
  readonly client: Client;
  readonly jobId: string;
  readonly outline: Outline;
}

/** Failed nodes that are explained at the end, and lines of their logs. */
const EXPLAINED = 5;
const LOG_LINES = 10;

/**
 * Shows a job until it is over, then its outcome. Ctrl-C stops watching and leaves the job alone.
 *
 * @returns how the command ends
 * @throws what the client throws
 */
export async function watch(watching: Watching): Promise<ExitCode> {
  const { io } = watching;
  const interrupted = new AbortController();
  const stopListening = io.onInterrupt(() => interrupted.abort());
  const view = createView(watching);
  let last: Snapshot | undefined;
  try {
    const { signal } = interrupted;
    const { now, sleep } = io;
    for await (const snapshot of poll({ ...watching, signal, now, sleep, onAway: view.away })) {
      last = snapshot;
      view.update(snapshot);
    }
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
  } finally {
    view.close();
    stopListening();
  }
  if (interrupted.signal.aborted || last === undefined) return detached(watching);
  await conclude(watching, last);
  return exitCodeOf(last.job);
}

function detached({ output, jobId }: Watching): ExitCode {
  output.event({ type: 'detached', job_id: jobId });
  output.note(
    'Stopped watching; the job goes on.',
    `  watch it again:  tenuto jobs watch ${jobId}`,
    `  cancel it:       tenuto jobs cancel ${jobId}`,
  );
  return EXIT.interrupted;
}

async function conclude(watching: Watching, last: Snapshot): Promise<void> {
  const { io, output, client, outline } = watching;
  if (output.isJson) {
    output.event({ type: 'end', job: last.job });
    return;
  }
  const causes = causesOf(last.nodes).slice(0, EXPLAINED);
  const failed = await Promise.all(
    causes.map(async (node) => ({ node, logTail: await logTail(client, last.job.job_id, node) })),
  );
  const { palette } = output;
  output.say(...summaryLines(last, { palette, outline, width: io.size().width, failed }));
}

async function logTail(
  client: Client,
  jobId: string,
  node: JobNode,
): Promise<FailedNode['logTail']> {
  const texts: string[] = [];
  try {
    for await (const line of client.jobs.logs(jobId, node.node_id, { limit: 100 })) {
      texts.push(line.text);
      if (texts.length > 200) texts.splice(0, 100);
    }
  } catch (error) {
    // The outcome is known; a log that cannot be had (pruned, say) does not hide it.
    if (!(error instanceof ApiError)) throw error;
  }
  return tailOf(texts, LOG_LINES);
}
