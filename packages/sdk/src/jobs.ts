import type {
  Attempt,
  DryRun,
  EditJob,
  HistoryEntry,
  Job,
  JobGraph,
  JobGraphState,
  JobNode,
  JsonObject,
  LogLine,
  Reason,
  RecoverJob,
  RetryJob,
  SignalJob,
  SubmitJob,
} from '@tenuto/contract';
import { type AskOptions, createAsker, type SubmitOptions, submit } from './asking.ts';
import { graphShape, graphStateShape } from './graph-shapes.ts';
import {
  attemptShape,
  dryRunShape,
  jobShape,
  logShape,
  nodeShape,
  transitionShape,
} from './job-shapes.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, metadataQuery, segment, signalOf } from './reading.ts';
import { send, type TransportOptions } from './transport.ts';

export type { CallOptions } from './reading.ts';

/** Where and how much of a list to read. */
export interface PageQuery {
  /** Items a page. */
  readonly limit?: number;
  readonly offset?: number;
}

/** A list that may be asked for by name. */
export interface NamedQuery extends PageQuery {
  /** Whole, or how it begins when it ends with `*`. */
  readonly name?: string;
}

/** Which lines of a log to read; oldest first without `newest_first`. */
export interface LogQuery extends PageQuery {
  readonly attempt?: number;
  /** The lowest `seq`. */
  readonly from?: number;
  readonly stream?: 'stdout' | 'stderr';
  /** Only lines that hold it, whatever its case. */
  readonly text?: string;
  readonly newest_first?: boolean;
}

export interface JobQuery extends PageQuery {
  readonly status?: readonly string[];
  readonly tag?: string;
  readonly name?: string;
  /** A job type. */
  readonly target_type?: string;
  /** RFC 3339. */
  readonly created_after?: string;
  readonly created_before?: string;
  /** Values that the job's metadata must hold. */
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface NodeQuery extends PageQuery {
  readonly status?: readonly string[];
}

/** A job as it is sent: typed, or read from a file and left to the server to check. */
export type JobBody = SubmitJob | JsonObject;

export interface CancelOptions extends CallOptions {
  /** `graceful` waits for running nodes up to their grace time. */
  readonly mode?: 'graceful' | 'immediate';
  readonly reason?: string;
}
export interface GetOptions extends CallOptions {
  readonly include?: readonly ('nodes' | 'history' | 'plan')[];
}

/** The jobs of a server. Every function throws as `createClient` says. */
export interface Jobs {
  submit(body: JobBody, options?: SubmitOptions): Promise<Job>;
  get(jobId: string, options?: GetOptions): Promise<Job>;
  list(query?: JobQuery, options?: CallOptions): Listing<Job>;
  cancel(jobId: string, options?: CancelOptions): Promise<Job>;
  update(jobId: string, changes: EditJob, options?: CallOptions): Promise<Job>;
  /** Lets nothing more of a job start. */
  pause(jobId: string, reason?: string, options?: AskOptions): Promise<Job>;
  resume(jobId: string, reason?: string, options?: AskOptions): Promise<Job>;
  /** Takes a failed or timed-out job up again. */
  retry(jobId: string, body?: RetryJob, options?: AskOptions): Promise<Job>;
  /** Recovers a job by hand, with one of the actions that recovery policies have. */
  recover(jobId: string, body: RecoverJob, options?: AskOptions): Promise<Job>;
  /** Sends a job a signal, for the first node that waits for one of that name. */
  signal(jobId: string, body: SignalJob, options?: AskOptions): Promise<Job>;
  /** Gives up the retry that a node waits for. */
  cancelRetry(jobId: string, nodeId: string, reason?: string, options?: AskOptions): Promise<Job>;
  nodes(jobId: string, query?: NodeQuery, options?: CallOptions): Listing<JobNode>;
  node(jobId: string, nodeId: string, options?: CallOptions): Promise<JobNode>;
  /** Attempts that have ended, by node and number: of a node, or of all. */
  attempts(
    jobId: string,
    nodeId?: string,
    query?: PageQuery,
    options?: CallOptions,
  ): Listing<Attempt>;
  logs(jobId: string, nodeId: string, query?: LogQuery, options?: CallOptions): Listing<LogLine>;
  history(jobId: string, query?: PageQuery, options?: CallOptions): Listing<HistoryEntry>;
  /** The plan of a job as columns, for who draws it. */
  graph(jobId: string, options?: CallOptions): Promise<JobGraph>;
  /** How the nodes stand: all of them, or those that have changed since the mark of an answer. */
  graphState(jobId: string, since?: string, options?: CallOptions): Promise<JobGraphState>;
}

interface Asked {
  readonly body: object;
  readonly options: AskOptions | undefined;
}

const ROOT = '/orchestration';

export function createJobs(transport: TransportOptions): Jobs {
  const { read, list } = createReader(transport);
  const change = createAsker(transport);
  const ask = (jobId: string, verb: string, asked: Asked) =>
    change(`${jobPath(jobId)}/${verb}`, jobShape, {
      ...{ body: asked.body, repeatable: false, options: asked.options },
    });
  return {
    submit: (body, options = {}) =>
      submit(transport, { path: `${ROOT}/job`, body, shape: jobShape }, options),
    get: (jobId, options = {}) =>
      read(jobPath(jobId), jobShape, { include: options.include?.join(',') }, options),
    list: ({ metadata, ...query } = {}, options) =>
      list(`${ROOT}/jobs`, jobShape, { ...query, ...metadataQuery(metadata) }, options),
    cancel: (jobId, options = {}) =>
      send(transport, {
        method: 'DELETE',
        path: jobPath(jobId),
        query: { mode: options.mode, reason: options.reason },
        shape: jobShape,
        repeatable: false,
        ...signalOf(options),
      }),
    update: (jobId, changes, options = {}) =>
      send(transport, {
        method: 'PATCH',
        path: jobPath(jobId),
        body: changes,
        shape: jobShape,
        repeatable: true,
        ...signalOf(options),
      }),
    pause: (jobId, reason, options) => ask(jobId, 'pause', { body: reasonOf(reason), options }),
    resume: (jobId, reason, options) => ask(jobId, 'resume', { body: reasonOf(reason), options }),
    retry: (jobId, body = {}, options) => ask(jobId, 'retry', { body, options }),
    recover: (jobId, body, options) => ask(jobId, 'recover', { body, options }),
    signal: (jobId, body, options) => ask(jobId, 'signal', { body, options }),
    cancelRetry: (jobId, nodeId, reason, options) =>
      ask(jobId, `nodes/${segment(nodeId)}/cancel-retry`, { body: reasonOf(reason), options }),
    nodes: (jobId, query, options) =>
      list(`${jobPath(jobId)}/nodes`, nodeShape, { ...query }, options),
    node: (jobId, nodeId, options) => read(nodePath(jobId, nodeId), nodeShape, {}, options),
    attempts: (jobId, nodeId, query, options) =>
      list(
        `${nodeId === undefined ? jobPath(jobId) : nodePath(jobId, nodeId)}/attempts`,
        ...[attemptShape, { ...query }, options],
      ),
    logs: (jobId, nodeId, query, options) =>
      list(`${nodePath(jobId, nodeId)}/logs`, logShape, { ...query }, options),
    history: (jobId, query, options) =>
      list(`${jobPath(jobId)}/history`, transitionShape, { ...query }, options),
    graph: (jobId, options) => read(`${jobPath(jobId)}/graph`, graphShape, {}, options),
    graphState: (jobId, since, options) =>
      read(`${jobPath(jobId)}/graph/state`, graphStateShape, { since }, options),
  };
}

function reasonOf(reason: string | undefined): Reason {
  return reason === undefined ? {} : { reason };
}

/**
 * Checks a job without storing it.
 *
 * @throws ApiError with `validationErrors` for a job that would be refused
 */
export function dryRunJob(
  transport: TransportOptions,
  body: JobBody,
  options: CallOptions,
): Promise<DryRun> {
  return send(transport, {
    method: 'POST',
    path: `${ROOT}/job`,
    query: { dry_run: true },
    body,
    shape: dryRunShape,
    repeatable: true,
    ...signalOf(options),
  });
}

const jobPath = (jobId: string): string => `${ROOT}/job/${segment(jobId)}`;
const nodePath = (jobId: string, nodeId: string): string =>
  `${jobPath(jobId)}/nodes/${segment(nodeId)}`;
