import {
  ATTEMPT_KINDS,
  ATTEMPT_STATUSES,
  type Attempt,
  CLASSIFICATIONS,
  type DryRun,
  type Health,
  type HistoryEntry,
  type Job,
  type JobNode,
  type LogLine,
  NODE_STATUSES,
  NODE_TYPES,
  RUN_STATUSES,
} from '@tenuto/contract';
import {
  anything,
  fields,
  flag,
  isRecord,
  listOf,
  mapOf,
  nullable,
  number,
  oneOf,
  optional,
  type Shape,
  text,
  yes,
} from './shape.ts';

const maybeText = nullable(text);
const texts = listOf(text);

export const failureShape = fields({
  type: text,
  message: text,
  classification: optional(oneOf(CLASSIFICATIONS)),
  node_id: optional(text),
  details: optional(isRecord),
});

type Waiting = NonNullable<JobNode['waiting_for']>;
export const waitShape: Shape<Waiting> = fields({
  until: optional(text),
  run_id: optional(text),
  signal: optional(text),
  topic: optional(text),
  intervention: optional(text),
  approval: optional(text),
  circuit: optional(text),
});

export const nodeShape: Shape<JobNode> = fields({
  node_id: text,
  index: number,
  name: maybeText,
  type: oneOf(NODE_TYPES),
  uses: maybeText,
  status: oneOf(NODE_STATUSES),
  attempts: number,
  parent_nodes: texts,
  output: anything,
  error: nullable(failureShape),
  started_at: maybeText,
  completed_at: maybeText,
  duration_ms: nullable(number),
  generation: number,
  kind: oneOf(ATTEMPT_KINDS),
  waiting_for: nullable(waitShape),
  with: anything,
});

export const transitionShape: Shape<HistoryEntry> = fields({
  at: text,
  from: nullable(oneOf(RUN_STATUSES)),
  to: oneOf(RUN_STATUSES),
  reason: maybeText,
  actor: maybeText,
});

export const countsShape = fields({
  pending: number,
  running: number,
  completed: number,
  failed: number,
  skipped: number,
});

export const jobShape: Shape<Job> = fields({
  job_id: text,
  job_name: text,
  job_description: maybeText,
  job_type: text,
  status: oneOf(RUN_STATUSES),
  cancelling: flag,
  priority: number,
  triggered_by: text,
  triggered_at: text,
  scheduled_at: maybeText,
  started_at: maybeText,
  completed_at: maybeText,
  deadline_at: maybeText,
  timeout_ms: number,
  max_concurrent_nodes: number,
  fail_fast: flag,
  progress_percentage: number,
  current_node_ids: texts,
  counts: countsShape,
  node_count: number,
  retry_count: number,
  max_retries: nullable(number),
  retry_policies: listOf(
    fields({ policy_id: text, version: number, used_by: oneOf(['job', 'job_type', 'nodes']) }),
  ),
  execution_context: isRecord,
  execution_results: nullable(isRecord),
  error_details: nullable(failureShape),
  tags: texts,
  metadata: isRecord,
  estimated_completion_at: maybeText,
  version: number,
  nodes: optional(listOf(nodeShape)),
  nodes_omitted: optional(number),
  history: optional(listOf(transitionShape)),
  plan: anything,
});

export const attemptShape: Shape<Attempt> = fields({
  node_id: text,
  attempt: number,
  generation: number,
  kind: oneOf(ATTEMPT_KINDS),
  status: oneOf(ATTEMPT_STATUSES),
  started_at: maybeText,
  completed_at: text,
  duration_ms: nullable(number),
  retry_at: maybeText,
  output: anything,
  error: nullable(failureShape),
});

export const logShape: Shape<LogLine> = fields({
  attempt: number,
  seq: number,
  at: text,
  stream: text,
  text,
});

const levelShape = fields({ level: number, nodes: number });
export const dryRunShape: Shape<DryRun> = fields({
  valid: yes,
  plan_hash: text,
  node_count: number,
  edge_count: number,
  levels: listOf(levelShape),
  critical_path: texts,
  critical_path_length: number,
  widest_level: levelShape,
  warnings: texts,
});

export const healthShape: Shape<Health> = fields({
  service: oneOf(['tenuto']),
  status: oneOf(['ok', 'degraded', 'down', 'starting', 'draining']),
  version: text,
  timestamp: text,
  started_at: optional(text),
  checks: mapOf(
    fields({
      status: oneOf(['ok', 'degraded', 'down']),
      detail: optional(text),
      warnings: optional(texts),
      values: optional(mapOf((value): value is number | string => number(value) || text(value))),
    }),
  ),
  authenticated_user: optional(text),
});
