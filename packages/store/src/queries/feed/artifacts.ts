/** Files that attempts have left. */
import { keyedSource, MS } from './source.ts';

interface Row {
  readonly key: string;
  readonly at: number;
  readonly node: number;
  readonly attempt: number;
  readonly name: string;
  readonly media_type: string;
  readonly size_bytes: number;
  readonly sha256: string;
}

export const artifactSource = keyedSource<Row>(
  `select 'artifact:' || a.node || ':' || a.attempt || ':' || encode(sha256(a.name::bytea), 'hex') as key,
     ${MS('a.created_at')} as at, a.node, a.attempt, a.name, a.media_type,
     a.size_bytes::float8 as size_bytes, encode(a.hash, 'hex') as sha256
   from artifacts a where a.run_id = $1`,
  ({ key: _key, at: _at, node, ...artifact }) => ({
    node,
    entry: { type: 'artifact', ...artifact },
  }),
);
