import type { Job, JobNode } from '@tenuto/contract';
import { ApiError, type Client, ConnectionError } from '@tenuto/sdk';
import { isOver, type Snapshot } from './snapshot.ts';

const SOONEST_MS = 200;
const LATEST_MS = 1_000;
/** A server that restarts is back well within this; the job goes on meanwhile or afterwards. */
const AWAY_MS = 120_000;
/** Jobs with more nodes than this are watched by what runs and what failed. */
const ALL_NODES = 1_000;

interface Polling {
  readonly client: Client;
  readonly jobId: string;
  readonly signal: AbortSignal;
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Called while the server cannot be reached. */
  onAway(error: Error): void;
}

/**
 * Asks for a job until it is over: soon again while something changes, less often while nothing
 * does. Each snapshot that differs from the one before is yielded, and the last one always.
 *
 * @throws ApiError, ProtocolError; ConnectionError when the server stays away; the signal's reason
 */
export async function* poll(polling: Polling): AsyncGenerator<Snapshot> {
  let last: Snapshot | undefined;
  let lastSeen: string | undefined;
  let answeredAt = polling.now();
  for (let delay = SOONEST_MS; ; delay = Math.min(LATEST_MS, delay * 1.5)) {
    const snapshot = await takeSnapshot(polling, last).catch((error: unknown) => {
      if (!isPassing(error) || polling.now() - answeredAt > AWAY_MS) throw error;
      polling.onAway(error);
      return undefined;
    });
    if (snapshot !== undefined) {
      answeredAt = polling.now();
      last = snapshot;
      const seen = JSON.stringify([snapshot.job, snapshot.nodes]);
      if (seen !== lastSeen) {
        lastSeen = seen;
        delay = SOONEST_MS;
        yield snapshot;
      }
      if (isOver(snapshot.job)) return;
    }
    await polling.sleep(delay, polling.signal);
  }
}

function isPassing(error: unknown): error is Error {
  return (
    error instanceof ConnectionError ||
    (error instanceof ApiError && [429, 502, 503, 504].includes(error.status))
  );
}

async function takeSnapshot(polling: Polling, last: Snapshot | undefined): Promise<Snapshot> {
  const { client, jobId, signal } = polling;
  const job = await client.jobs.get(jobId, { signal });
  const takenAt = polling.now();
  const isSame = JSON.stringify(job) === JSON.stringify(last?.job);
  if (last && isSame && takenAt - last.nodesAt < LATEST_MS) return last;
  const nodes = await nodesOf(client, job, signal);
  return { job, nodes, omitted: Math.max(0, job.node_count - nodes.length), nodesAt: takenAt };
}

async function nodesOf(client: Client, job: Job, signal: AbortSignal): Promise<JobNode[]> {
  const nodes: JobNode[] = [];
  const query =
    job.node_count > ALL_NODES
      ? { limit: 100, status: ['running', 'waiting', 'failed', 'timeout'] }
      : { limit: 100 };
  for await (const node of client.jobs.nodes(job.job_id, query, { signal })) {
    nodes.push(node);
    if (nodes.length >= ALL_NODES) break;
  }
  return nodes;
}
