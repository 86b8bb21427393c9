import type { Access, ForkStore, TailLine } from '@tenuto/engine';
import { ask, type Database, parameters } from './database.ts';
import { owned } from './run-row.ts';

type Of = Parameters<ForkStore['logTails']>[1];

/** The last lines of each node, in the order in which they were written. */
export async function listLogTails(
  db: Database,
  access: Access,
  { runId, ofNode, lines, chars }: Of,
): Promise<Awaited<ReturnType<ForkStore['logTails']>>> {
  const given = parameters();
  const most = given.add(ofNode);
  const rows = await ask<TailLine & { total: number; cut: boolean; [column: string]: unknown }>(
    db,
    `with numbered as materialized (
       select l.node, l.attempt, l.seq, l.at, l.stream, length(l.text) as chars,
         row_number() over (partition by l.node order by l.attempt desc, l.seq desc) as place
       from node_logs l where l.run_id = ${given.add(runId)} and ${owned(access, given, 'l')}),
     tails as (
       select n.*, sum(n.chars) over (order by n.node, n.attempt, n.seq) as so_far,
         count(*) over ()::int as total
       from numbered n where n.place <= ${most}),
     kept as materialized (
       select * from tails where so_far <= ${given.add(chars)}
       order by node, attempt, seq limit ${given.add(lines)})
     select k.node, k.attempt, (extract(epoch from k.at) * 1000)::float8 as at, k.stream, l.text,
       k.total, exists (select from numbered where place > ${most}) as cut
     from kept k join node_logs l on l.run_id = $2 and l.node = k.node and l.attempt = k.attempt
       and l.seq = k.seq
     order by k.node, k.attempt, k.seq`,
    given.values,
  );
  const [first] = rows;
  return {
    lines: rows.map(({ node, attempt, at, stream, text }) => ({ node, attempt, at, stream, text })),
    more: first !== undefined && (first.cut || first.total > rows.length),
  };
}
