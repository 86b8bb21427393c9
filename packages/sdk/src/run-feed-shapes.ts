import {
  ATTEMPT_KINDS,
  INTERVENTION_STATES,
  NODE_STATUSES,
  RECOVERY_ACTIONS,
  RESOLUTIONS,
  RUN_STATUSES,
  type RunFeedEntry,
  type RunFeedType,
  type RunProgressView,
  STREAM_CLOSINGS,
  type StreamClose,
} from '@tenuto/contract';
import { countsShape, failureShape, waitShape } from './job-shapes.ts';
import {
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

const maybeText = nullable(text);
const entry = { seq: number, at: text } as const;
type Entry<T extends RunFeedType> = Extract<RunFeedEntry, { type: T }>;

const SHAPES: { readonly [T in RunFeedType]: Shape<Entry<T>> } = {
  run: fields({
    ...{ ...entry, type: oneOf(['run']), from: nullable(oneOf(RUN_STATUSES)) },
    ...{ to: oneOf(RUN_STATUSES), reason: maybeText, actor: maybeText },
  }),
  node: fields({
    ...{ ...entry, type: oneOf(['node']), node_id: text, status: oneOf(NODE_STATUSES) },
    attempt: number,
    generation: optional(number),
    kind: optional(oneOf(ATTEMPT_KINDS)),
    started_at: optional(maybeText),
    duration_ms: optional(nullable(number)),
    retry_at: optional(maybeText),
    error: optional(nullable(failureShape)),
    waiting_for: optional(waitShape),
  }),
  log: fields({
    ...{ ...entry, type: oneOf(['log']), node_id: text, attempt: number, line: number },
    ...{ stream: text, text, cut: optional(number) },
  }),
  artifact: fields({
    ...{ ...entry, type: oneOf(['artifact']), node_id: maybeText, attempt: number },
    ...{ artifact_id: text, phase: maybeText, path: text, artifact_type: text },
    ...{ media_type: text, size_bytes: number, sha256: maybeText, gone: flag },
  }),
  cost: fields({
    ...{ ...entry, type: oneOf(['cost']), node_id: text, attempt: number, phase: maybeText },
    ...{ agent: text, model: text, input_tokens: number, output_tokens: number },
    ...{ cached_tokens: number, cost_usd: nullable(number) },
  }),
  intervention: fields({
    ...{ ...entry, type: oneOf(['intervention']), intervention_id: text, node_id: maybeText },
    ...{ state: oneOf(INTERVENTION_STATES), message: text, assignee: maybeText },
    ...{ deadline_at: maybeText, resolution: nullable(oneOf(RESOLUTIONS)) },
    resolved_by: maybeText,
  }),
  approval: fields({
    ...{ ...entry, type: oneOf(['approval']), approval_id: text, node_id: text },
    ...{ what: oneOf(['asked', 'vote', 'decided']), state: text, title: text },
    ...{ phase: maybeText, required: number, by: maybeText, decision: maybeText },
    ...{ comment: maybeText, deadline_at: maybeText },
  }),
  recovery: fields({
    ...{ ...entry, type: oneOf(['recovery']), session_id: text, node_id: maybeText },
    ...{ action: oneOf(RECOVERY_ACTIONS), trigger: text, actor: maybeText, reason: maybeText },
  }),
  note: fields({
    ...{ ...entry, type: oneOf(['note']), node_id: maybeText, name: maybeText },
    ...{ what: oneOf(['signal', 'give_up', 'late', 'refused']), reason: maybeText },
    actor: maybeText,
  }),
  end: fields({
    ...{ ...entry, type: oneOf(['end']), status: oneOf(RUN_STATUSES), counts: countsShape },
    ...{ duration_ms: nullable(number), error: nullable(failureShape) },
  }),
};

const numberedShape = fields({ seq: number, type: text });

/** The number and the type of an entry, whatever else it has. */
export function numberOf(value: unknown): { seq: number; type: string } | undefined {
  return numberedShape(value) ? value : undefined;
}

/** Whether this client knows entries of the type. */
export function isKnown(type: string): type is RunFeedType {
  return Object.hasOwn(SHAPES, type);
}

export function entryOf(type: RunFeedType, value: unknown): RunFeedEntry | undefined {
  const shape: Shape<RunFeedEntry> = SHAPES[type];
  return shape(value) ? value : undefined;
}

export const progressShape: Shape<RunProgressView> = fields({
  type: oneOf(['progress']),
  at: text,
  status: oneOf(RUN_STATUSES),
  progress_percentage: number,
  counts: countsShape,
  current_node_ids: listOf(text),
});

export const closeShape: Shape<StreamClose> = fields({
  type: oneOf(['close']),
  reason: oneOf(STREAM_CLOSINGS),
  reconnect: flag,
});
