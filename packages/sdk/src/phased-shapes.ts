import {
  type Advanced,
  type Budget,
  CROSSINGS,
  type CreatedRun,
  GATE_SEVERITIES,
  GATE_TYPES,
  NODE_STATUSES,
  type Profile,
  type ProfilePlan,
  type ProfileSummary,
  type ProfileVerdict,
  type ProfileView,
  RUN_STATUSES,
  type RunPhase,
} from '@tenuto/contract';
import {
  anything,
  fields,
  flag,
  isRecord,
  listOf,
  nullable,
  number,
  oneOf,
  optional,
  type Shape,
  text,
} from './shape.ts';

const maybeText = nullable(text);

const budgetShape: Shape<Budget> = fields({
  usd: number,
  warn_at: optional(number),
  on_crossing: optional(oneOf(CROSSINGS)),
  degrade_to: optional(text),
});

const phaseShape: Shape<RunPhase> = fields({
  phase: text,
  name: text,
  status: oneOf(NODE_STATUSES),
  needs: listOf(text),
  auto_advance: flag,
  started_at: maybeText,
  completed_at: maybeText,
  duration_seconds: nullable(number),
  agent_ids: listOf(text),
  artifacts_count: number,
  gates: fields({
    total: number,
    passed: number,
    failed: listOf(
      fields({
        id: text,
        type: oneOf(GATE_TYPES),
        severity: oneOf(GATE_SEVERITIES),
        message: text,
      }),
    ),
    governance_score: nullable(number),
    hygiene_score: nullable(number),
  }),
  error: nullable(fields({ type: text, message: text })),
  kept: flag,
});

/** What only runs of profiles have. */
export const phasedFields = {
  intake: nullable(isRecord),
  profile_version: nullable(number),
  current_phase: maybeText,
  auto_advance: nullable(flag),
  budget: nullable(budgetShape),
  phases: listOf(phaseShape),
};

export const createdRunShape: Shape<CreatedRun> = fields({
  run_id: text,
  profile: text,
  project_name: maybeText,
  current_phase: maybeText,
  status: oneOf(RUN_STATUSES),
  created_at: text,
  updated_at: text,
});

export const advancedShape: Shape<Advanced> = fields({
  run_id: text,
  previous_phase: maybeText,
  current_phase: maybeText,
  status: oneOf(RUN_STATUSES),
  message: text,
});

const SOURCES = ['shipped', 'folder', 'stored'] as const;
const profileFields = {
  profile_id: maybeText,
  name: text,
  title: maybeText,
  description: maybeText,
  source: oneOf(SOURCES),
  phases: listOf(text),
  outline: listOf(
    fields({ phase: text, name: text, needs: listOf(text), agents: number, gates: number }),
  ),
  version: number,
  schema_version: (value: unknown): value is 1 => value === 1,
  owner: maybeText,
  created_at: maybeText,
  updated_at: maybeText,
  updated_by: maybeText,
};

export const profileSummaryShape: Shape<ProfileSummary> = fields(profileFields);
export const profileShape: Shape<ProfileView> = fields({
  ...profileFields,
  // What a profile says is the server's business.
  profile: (value: unknown): value is Profile => isRecord(value) && listOf(anything)(value.phases),
});

const planShape: Shape<ProfilePlan> = fields({
  nodes: listOf(
    fields({
      ...{ node_id: text, phase: text, place: text, uses: maybeText },
      ...{ parent_nodes: listOf(text), level: number },
    }),
  ),
  edge_count: number,
  level_count: number,
  critical_path: listOf(text),
});

export const profileVerdictShape: Shape<ProfileVerdict> = fields({
  valid: flag,
  problems: listOf(fields({ path: text, message: text, value: optional(anything) })),
  phases: listOf(
    fields({ phase: text, needs: listOf(text), auto_advance: flag, agent_ids: listOf(text) }),
  ),
  node_count: number,
  plan: optional(planShape),
});
