import { type JobGraph, type JobGraphState, NODE_TYPES, RUN_STATUSES } from '@tenuto/contract';
import { fields, flag, listOf, nullable, number, oneOf, type Shape, text } from './shape.ts';

const numbers = listOf(number);
const texts = listOf(text);

export const graphShape: Shape<JobGraph> = fields({
  job_id: text,
  plan_hash: text,
  node_ids: texts,
  types: numbers,
  type_names: listOf(oneOf(NODE_TYPES)),
  uses: numbers,
  action_names: texts,
  groups: numbers,
  patterns: numbers,
  levels: numbers,
  edges: fields({
    from: numbers,
    to: numbers,
    labels: listOf(fields({ edge: number, when: text })),
  }),
  critical_path: numbers,
});

export const graphStateShape: Shape<JobGraphState> = fields({
  mark: text,
  whole: flag,
  more: flag,
  status: oneOf(RUN_STATUSES),
  base_ms: number,
  nodes: fields({ node: numbers, state: numbers, attempts: numbers }),
  instances: listOf(fields({ node: number, of: number, node_id: text })),
  waits: listOf(fields({ node: number, since: number, until: nullable(number) })),
  attempts: fields({
    node: numbers,
    attempt: numbers,
    state: numbers,
    started: numbers,
    ended: numbers,
  }),
  running: listOf(fields({ node: number, attempt: number, started: number })),
});
