/** Lines that attempts have written. */
import type { FeedItem } from '@tenuto/engine';
import { type FeedSource, LOOK_ROWS, MS } from './source.ts';

/** Longer lines are cut; the whole stands in the logs of the node. */
const TEXT_CHARS = 8_192;

interface Row {
  readonly node: number;
  readonly attempt: number;
  readonly seq: number;
  readonly at: number;
  readonly stream: string;
  readonly text: string;
  readonly bytes: number;
}

/**
 * One writer writes the lines of an attempt, in order; between attempts there is none. So each has its
 * own mark, and the attempts that have lines at all are found by steps in the primary key.
 */
const SQL = `
  with recursive pairs as (
    (select l.node, l.attempt from node_logs l where l.run_id = $1
     order by l.node, l.attempt limit 1)
    union all
    select n.node, n.attempt from pairs p cross join lateral (
      select l.node, l.attempt from node_logs l
      where l.run_id = $1 and (l.node, l.attempt) > (p.node, p.attempt)
      order by l.node, l.attempt limit 1) n)
  select n.* from (
    select p.node, p.attempt, l.seq, ${MS('l.at')} as at, l.stream,
      left(l.text, ${TEXT_CHARS}) as text, octet_length(l.text) as bytes,
      max(l.at) over (partition by p.node, p.attempt order by l.seq) as told_at
    from pairs p
    left join run_feed_logs c on c.run_id = $1 and c.node = p.node and c.attempt = p.attempt
    cross join lateral (
      select l.seq, l.at, l.stream, l.text from node_logs l
      where l.run_id = $1 and l.node = p.node and l.attempt = p.attempt
        and l.seq > coalesce(c.seq, 0)
      order by l.seq limit ${LOOK_ROWS}) l) n
  order by n.told_at, n.node, n.attempt, n.seq limit ${LOOK_ROWS}`;

export const logLineSource: FeedSource = {
  async look(snapshot, { runId }) {
    const { rows } = await snapshot.query<Row>(SQL, [runId]);
    return { items: rows.map(itemOf), more: rows.length === LOOK_ROWS };
  },
};

function itemOf({ node, attempt, seq, at, stream, text, bytes }: Row): FeedItem {
  const cut = bytes > Buffer.byteLength(text);
  const entry = { type: 'log', attempt, line: seq, stream, text, ...(cut && { cut: bytes }) };
  return { at, node, line: { node, attempt, seq }, entry };
}
