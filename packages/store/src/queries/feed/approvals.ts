/** Approvals: that one is asked for, each vote, and what was decided. */
import { formatTime } from '@tenuto/contract';
import { keyedSource, MS } from './source.ts';

interface Row {
  readonly key: string;
  readonly at: number;
  readonly node: number;
  readonly approval_id: string;
  readonly what: string;
  readonly state: string;
  readonly title: string;
  readonly phase: string | null;
  readonly required: number;
  readonly by: string | null;
  readonly decision: string | null;
  readonly comment: string | null;
  readonly deadline_at: number | null;
}

const SHARED = `a.node, a.approval_id, a.title, a.phase, a.required,
  ${MS('a.deadline_at')} as deadline_at`;
const COMMENT_CHARS = 2_000;

export const approvalSource = keyedSource<Row>(
  `select 'approval:' || a.approval_id as key, ${MS('a.opened_at')} as at, ${SHARED},
     'asked' as what, 'open' as state, null as by, null as decision, a.message as comment
   from approvals a where a.run_id = $1
   union all
   select 'approval:' || a.approval_id || ':' || d.n, ${MS(`(d.vote ->> 'at')::timestamptz`)},
     ${SHARED}, 'vote', 'open', d.vote ->> 'by', d.vote ->> 'decision',
     left(d.vote ->> 'comment', ${COMMENT_CHARS})
   from approvals a, jsonb_array_elements(a.decisions) with ordinality d(vote, n)
   where a.run_id = $1
   union all
   select 'approval:' || a.approval_id || ':decided', ${MS('a.decided_at')}, ${SHARED}, 'decided',
     a.state, null, null, a.reason
   from approvals a where a.run_id = $1 and a.decided_at is not null`,
  ({ key: _key, at: _at, node, deadline_at: deadlineAt, ...approval }) => ({
    node,
    entry: {
      ...{ type: 'approval', ...approval },
      deadline_at: deadlineAt === null ? null : formatTime(deadlineAt),
    },
  }),
);
