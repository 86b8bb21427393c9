/** Files that attempts have left, or taken away, in each version. */
import { keyedSource, MS } from './source.ts';

interface Row {
  readonly key: string;
  readonly at: number;
  readonly node: number;
  readonly artifact_id: string;
  readonly attempt: number;
  readonly phase: string | null;
  readonly path: string;
  readonly artifact_type: string;
  readonly media_type: string;
  readonly size_bytes: number;
  readonly sha256: string | null;
  readonly gone: boolean;
}

export const artifactSource = keyedSource<Row>(
  `select 'artifact:' || a.artifact_id || ':' || a.version as key, ${MS('a.created_at')} as at,
     a.node, a.artifact_id, a.attempt, nullif(a.phase, '-') as phase, a.path, a.artifact_type,
     a.media_type, a.size_bytes::float8 as size_bytes, encode(a.hash, 'hex') as sha256, a.gone
   from artifacts a where a.run_id = $1 and not a.internal`,
  ({ key: _key, at: _at, node, ...artifact }) => ({
    node,
    entry: { type: 'artifact', ...artifact },
  }),
);
