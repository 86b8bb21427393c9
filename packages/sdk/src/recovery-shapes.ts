import {
  BULK_ACTIONS,
  BULK_OUTCOMES,
  type BulkAnswer,
  CAUSES,
  CLASSIFICATIONS,
  type Effectiveness,
  type Explanation,
  INTERVENTION_STATES,
  type Intervention,
  NODE_STATUSES,
  RECOVERY_ACTIONS,
  RECOVERY_STATUSES,
  RECOVERY_TRIGGERS,
  RESOLUTIONS,
  type ReasonToWait,
  type Recovery,
  type RecoveryAudit,
  RUN_KINDS,
  RUN_STATUSES,
  type RunDetail,
  type RunView,
} from '@tenuto/contract';
import { countsShape, failureShape } from './job-shapes.ts';
import { phasedFields } from './phased-shapes.ts';
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
} from './shape.ts';

const maybeText = nullable(text);
const action = oneOf(RECOVERY_ACTIONS);
const classification = nullable(oneOf(CLASSIFICATIONS));

export const recoveryShape: Shape<Recovery> = fields({
  session_id: text,
  job_id: text,
  node_id: maybeText,
  status: oneOf(RECOVERY_STATUSES),
  trigger: oneOf(RECOVERY_TRIGGERS),
  classification,
  error_type: maybeText,
  action,
  parameters: isRecord,
  actor: text,
  reason: maybeText,
  state_before: text,
  state_after: maybeText,
  started_at: text,
  completed_at: maybeText,
  progress: nullable(fields({ done: number, left: number })),
});

export const recoveryAuditShape: Shape<RecoveryAudit> = fields({
  audit_id: text,
  session_id: text,
  job_id: text,
  event: oneOf(['started', 'completed', 'failed', 'cancelled']),
  trigger: oneOf(RECOVERY_TRIGGERS),
  classification,
  action,
  actor: text,
  state_before: text,
  state_after: maybeText,
  success: nullable(flag),
  details: isRecord,
  at: text,
});

export const effectivenessShape: Shape<Effectiveness> = fields({
  sessions_counted: number,
  actions: listOf(
    fields({
      action,
      sessions: number,
      running: number,
      succeeded: number,
      success_rate: nullable(number),
    }),
  ),
});

export const interventionShape: Shape<Intervention> = fields({
  intervention_id: text,
  job_id: text,
  session_id: text,
  node_id: maybeText,
  state: oneOf(INTERVENTION_STATES),
  message: text,
  error: nullable(failureShape),
  assignee: maybeText,
  opened_at: text,
  deadline_at: maybeText,
  default_resolution: oneOf(RESOLUTIONS),
  resolution: nullable(oneOf(RESOLUTIONS)),
  result: anything,
  resolved_by: maybeText,
  resolved_at: maybeText,
  version: number,
});

const runFields = {
  run_id: text,
  kind: oneOf(RUN_KINDS),
  task_id: maybeText,
  name: text,
  status: oneOf(RUN_STATUSES),
  success: nullable(flag),
  priority: number,
  triggered_by: text,
  created_at: text,
  scheduled_at: maybeText,
  started_at: maybeText,
  completed_at: maybeText,
  total_duration_seconds: nullable(number),
  progress_percentage: number,
  counts: countsShape,
  error: nullable(failureShape),
  tags: listOf(text),
  metadata: isRecord,
  profile: maybeText,
  project_name: maybeText,
  version: number,
};

const reasonShape: Shape<ReasonToWait> = fields({
  cause: oneOf(CAUSES),
  detail: text,
  frees: maybeText,
  since: maybeText,
  until: maybeText,
  of: optional(isRecord),
});

export const runShape: Shape<RunView> = fields(runFields);
export const runDetailShape: Shape<RunDetail> = fields({
  ...runFields,
  ...phasedFields,
  params: isRecord,
  attempt: number,
  output: nullable(isRecord),
  waiting_for: nullable(reasonShape),
  forked_from: nullable(fields({ run_id: text, node: maybeText, attempts_taken_over: number })),
  estimated_completion_at: maybeText,
});

export const explanationShape: Shape<Explanation> = fields({
  run_id: text,
  status: oneOf(RUN_STATUSES),
  summary: text,
  reasons: listOf(reasonShape),
  nodes: listOf(
    fields({ node_id: text, status: oneOf(NODE_STATUSES), reasons: listOf(reasonShape) }),
  ),
  nodes_omitted: number,
  causes: mapOf(number),
  nodes_unseen: number,
});

const bulkItem = fields({
  run_id: text,
  name: text,
  status: oneOf(RUN_STATUSES),
  outcome: oneOf(BULK_OUTCOMES),
  detail: maybeText,
});

export const bulkShape: Shape<BulkAnswer> = fields({
  action: oneOf(BULK_ACTIONS),
  dry_run: flag,
  matched: number,
  next_cursor: maybeText,
  outcomes: fields({
    changed: number,
    asked: number,
    unchanged: number,
    refused: number,
    failed: number,
  }),
  items: listOf(bulkItem),
  failures: listOf(bulkItem),
});
