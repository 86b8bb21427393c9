import {
  APPROVAL_DECISIONS,
  APPROVAL_STATES,
  type Approval,
  GATE_SEVERITIES,
  GATE_TYPES,
  HYGIENE_KINDS,
  HYGIENE_SEVERITIES,
  type RunGovernance,
} from '@tenuto/contract';
import {
  anything,
  fields,
  flag,
  listOf,
  nullable,
  number,
  oneOf,
  optional,
  type Shape,
  text,
} from './shape.ts';

export const approvalShape: Shape<Approval> = fields({
  approval_id: text,
  run_id: text,
  node_id: text,
  phase: nullable(text),
  state: oneOf(APPROVAL_STATES),
  title: text,
  message: nullable(text),
  approvers: nullable(listOf(text)),
  required: number,
  approved_by: number,
  decisions: listOf(
    fields({
      by: text,
      decision: oneOf(APPROVAL_DECISIONS),
      comment: optional(text),
      to: optional(text),
      at: text,
    }),
  ),
  reason: nullable(text),
  opened_at: text,
  deadline_at: nullable(text),
  on_deadline: oneOf(['approve', 'reject']),
  decided_at: nullable(text),
  version: number,
});

const phaseReport = fields({
  phase: text,
  passed: flag,
  governance_score: number,
  hygiene_score: number,
  gates: listOf(
    fields({
      id: text,
      type: oneOf(GATE_TYPES),
      severity: oneOf(GATE_SEVERITIES),
      weight: number,
      passed: flag,
      skipped: flag,
      message: text,
      remediation: optional(text),
      value: anything,
      threshold: anything,
      evidence: optional(listOf(text)),
    }),
  ),
  hygiene_findings: listOf(
    fields({
      kind: oneOf(HYGIENE_KINDS),
      severity: oneOf(HYGIENE_SEVERITIES),
      path: text,
      line: optional(number),
      message: text,
      remediation: text,
      penalty: number,
    }),
  ),
  hygiene_findings_omitted: optional(number),
  node_id: text,
  attempt: number,
  generation: number,
  checked_at: text,
});

export const governanceShape: Shape<RunGovernance> = fields({
  run_id: text,
  passed: flag,
  governance_score: number,
  hygiene_score: nullable(number),
  phases: listOf(phaseReport),
  history: listOf(phaseReport),
  history_omitted: number,
});
