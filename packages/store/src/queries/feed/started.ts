/** Attempts that have been going on for some seconds. */
import { formatTime } from '@tenuto/contract';
import { keyedSource, MS } from './source.ts';

interface Row {
  readonly key: string;
  readonly at: number;
  readonly node: number;
  readonly attempt: number;
}

export const startedSource = keyedSource<Row>(
  `select 'started:' || s.node || ':' || s.attempt as key, ${MS('s.started_at')} as at, s.node,
     s.attempt
   from started s where s.run_id = $1`,
  ({ at, node, attempt }) => ({
    node,
    entry: { type: 'node', status: 'running', attempt, started_at: formatTime(at) },
  }),
);
