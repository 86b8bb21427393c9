/** Questions to people, in each version that a look has seen. */
import { formatTime } from '@tenuto/contract';
import { keyedSource, MS } from './source.ts';

interface Row {
  readonly key: string;
  readonly at: number;
  readonly node: number | null;
  readonly intervention_id: string;
  readonly state: string;
  readonly message: string;
  readonly assignee: string | null;
  readonly deadline_at: number | null;
  readonly resolution: string | null;
  readonly resolved_by: string | null;
}

const MESSAGE_CHARS = 2_000;

export const interventionSource = keyedSource<Row>(
  `select 'intervention:' || i.intervention_id || ':' || i.version as key,
     ${MS('coalesce(i.resolved_at, i.opened_at)')} as at, i.node, i.intervention_id, i.state,
     left(i.message, ${MESSAGE_CHARS}) as message, i.assignee, ${MS('i.deadline_at')} as deadline_at,
     i.resolution, i.resolved_by
   from interventions i where i.run_id = $1`,
  ({ key: _key, at: _at, node, deadline_at: deadlineAt, ...told }) => ({
    node: node ?? -1,
    entry: {
      ...{ type: 'intervention', ...told },
      deadline_at: deadlineAt === null ? null : formatTime(deadlineAt),
    },
  }),
);
