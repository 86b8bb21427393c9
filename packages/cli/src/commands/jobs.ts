import type { Attempt, HistoryEntry, Job, JobNode } from '@tenuto/contract';
import { EXIT } from '../exit-code.ts';
import { between, duration } from '../terminal/duration.ts';
import { statusText } from '../terminal/status.ts';
import { tableLines } from '../terminal/table.ts';
import { plural, printable, truncate } from '../terminal/text.ts';
import { jobLine } from '../watch/frame.ts';
import { nodeDetail } from '../watch/node-text.ts';
import { readOutline } from '../watch/outline.ts';
import { watch } from '../watch/watch.ts';
import type { Command, Session } from './command.ts';
import type { ReasonOptions } from './job-control.ts';
import { facts, PAGE, readCount, showList } from './listing.ts';

export interface ListOptions {
  readonly status?: readonly string[];
  readonly tag?: string;
  readonly name?: string;
  /** As it was written. */
  readonly limit: string;
}

/** `tenuto jobs ls`: newest first. */
export const listJobs: Command<[options: ListOptions]> = async (session, options) => {
  const { limit: written, ...filters } = options;
  const limit = readCount(written);
  const listing = session.client().jobs.list({ ...filters, limit: Math.min(limit, PAGE) });
  return showList(session, { listing, limit }, (jobs) =>
    tableLines(
      ['JOB', 'NAME', 'STATUS', 'NODES', 'STARTED', 'TIME'],
      jobs.map((job) => jobRow(session, job)),
    ),
  );
};

function jobRow({ output }: Session, job: Job): readonly string[] {
  return [
    job.job_id,
    truncate(printable(job.job_name), 40),
    statusText(job.status, output.palette),
    String(job.node_count),
    job.started_at ?? '',
    between(job.started_at, job.completed_at),
  ];
}

/** `tenuto jobs get ID`. */
export const getJob: Command<[jobId: string]> = async ({ output, client }, jobId) => {
  const job = await client().jobs.get(jobId);
  const { counts } = job;
  output.result(job, () => [
    jobLine(job, output.palette),
    ...facts([
      ['progress', `${job.progress_percentage}% of ${plural(job.node_count, 'node')}`],
      [
        'nodes',
        Object.entries(counts)
          .map(([state, count]) => `${count} ${state}`)
          .join(', '),
      ],
      ['now', job.current_node_ids.join(', ')],
      ['submitted', `${job.triggered_at} by ${job.triggered_by}`],
      ['started', job.started_at ?? ''],
      ['completed', job.completed_at ?? ''],
      ['time', between(job.started_at, job.completed_at)],
      ['tags', job.tags.join(', ')],
      ['error', errorOf(job)],
    ]),
  ]);
  return EXIT.ok;
};

function errorOf({ error_details: error }: Job): string {
  if (error === null) return '';
  const { node_id: node } = error;
  return node === undefined ? error.message : `${node}: ${error.message}`;
}

/** `tenuto jobs nodes ID`. */
export const listNodes: Command<
  [jobId: string, options: { readonly status?: readonly string[] }]
> = async (session, jobId, options) => {
  const { io, output, client } = session;
  const listing = client().jobs.nodes(jobId, { ...options, limit: PAGE });
  const row = (node: JobNode) => [
    truncate(printable(node.node_id), 60),
    statusText(node.status, output.palette),
    String(node.attempts),
    printable(node.uses ?? node.type),
    truncate(nodeDetail(node, io.now()), 80),
  ];
  return showList(session, { listing, limit: Number.POSITIVE_INFINITY }, (nodes) =>
    tableLines(['NODE', 'STATUS', 'ATTEMPTS', 'USES', ''], nodes.map(row)),
  );
};

/** `tenuto jobs attempts ID [NODE]`: by node and number, those that undo a node among them. */
export const listAttempts: Command<[jobId: string, nodeId: string | undefined]> = async (
  session,
  jobId,
  nodeId,
) => {
  const listing = session.client().jobs.attempts(jobId, nodeId, { limit: PAGE });
  const row = (one: Attempt) => [
    truncate(printable(one.node_id), 60),
    String(one.attempt),
    one.kind,
    one.status,
    one.started_at ?? '',
    one.duration_ms === null ? '' : duration(one.duration_ms),
    truncate(printable(one.error?.message ?? ''), 80),
  ];
  return showList(session, { listing, limit: Number.POSITIVE_INFINITY }, (attempts) =>
    tableLines(['NODE', 'ATTEMPT', 'KIND', 'STATUS', 'STARTED', 'TIME', ''], attempts.map(row)),
  );
};

/** `tenuto jobs history ID`. */
export const listHistory: Command<[jobId: string]> = async (session, jobId) => {
  const listing = session.client().jobs.history(jobId, { limit: PAGE });
  const row = ({ at, from, to, reason, actor }: HistoryEntry) => [
    at,
    from === null ? to : `${from} → ${to}`,
    printable(actor ?? ''),
    printable(reason ?? ''),
  ];
  return showList(session, { listing, limit: Number.POSITIVE_INFINITY }, (entries) =>
    tableLines(['AT', 'STATUS', 'BY', 'REASON'], entries.map(row)),
  );
};

interface CancelOptions extends ReasonOptions {
  readonly immediate?: boolean;
}

/** `tenuto jobs cancel ID`. */
export const cancelJob: Command<[jobId: string, options: CancelOptions]> = async (
  { output, client },
  jobId,
  { immediate = false, reason },
) => {
  const mode = immediate ? 'immediate' : 'graceful';
  const job = await client().jobs.cancel(jobId, { mode, ...(reason !== undefined && { reason }) });
  output.result(job, () => [
    jobLine(job, output.palette),
    ...(job.cancelling ? ['The cancel is under way; its engine has yet to act.'] : []),
  ]);
  return EXIT.ok;
};

/** `tenuto jobs watch ID`. */
export const watchJob: Command<[jobId: string]> = async ({ io, output, client }, jobId) => {
  const server = client();
  const job = await server.jobs.get(jobId, { include: ['plan'] });
  return watch({ io, output, client: server, jobId, outline: readOutline(job.plan) });
};
