/** Calls of models that have been answered, and what they cost. */
import { keyedSource, MS } from './source.ts';

interface Row {
  readonly key: string;
  readonly at: number;
  readonly node: number;
  readonly attempt: number;
  readonly phase: string | null;
  readonly agent: string;
  readonly model: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cached_tokens: number;
  readonly cost_usd: number | null;
}

export const costSource = keyedSource<Row>(
  `select 'call:' || c.call_id as key, ${MS('coalesce(c.ended_at, c.begun_at)')} as at, c.node,
     c.attempt, c.phase, c.agent, coalesce(c.model, c.target) as model,
     coalesce(c.input_tokens, 0)::float8 as input_tokens,
     coalesce(c.output_tokens, 0)::float8 as output_tokens,
     coalesce(c.cached_tokens, 0)::float8 as cached_tokens,
     (c.cost_nano / 1000000000.0)::float8 as cost_usd
   from calls c where c.run_id = $1 and c.kind = 'model' and c.state = 'done'`,
  ({ key: _key, at: _at, node, ...cost }) => ({ node, entry: { type: 'cost', ...cost } }),
);
