/** Files that attempts have left, each of their versions. */
import { NO_PHASE } from '@tenuto/contract';
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
  readonly artifact_id: string;
  readonly phase: string;
}

export const artifactSource = keyedSource<Row>(
  `select 'artifact:' || a.artifact_id as key, ${MS('a.created_at')} as at, a.node, a.attempt, a.name,
     a.media_type, a.size_bytes::float8 as size_bytes, encode(a.hash, 'hex') as sha256,
     a.artifact_id, a.phase
   from artifacts a where a.run_id = $1 and not a.gone and not a.internal`,
  ({ key: _key, at: _at, node, phase, ...artifact }) => ({
    node,
    entry: { type: 'artifact', ...artifact, ...(phase !== NO_PHASE && { phase }) },
  }),
);
