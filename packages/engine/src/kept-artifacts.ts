/** Files that attempts leave besides their output, under paths that tell whose they are. */
import { createHash } from 'node:crypto';
import { checkPath, pathFrom } from '@tenuto/contract';
import { artifactKindOf } from './artifact-kind.ts';
import { type KeepingPorts, untilStored } from './kept-results.ts';
import type { Call } from './owned.ts';
import type { ProducedArtifact } from './ports/action-runner.ts';
import type { ArtifactRow } from './ports/store.ts';
import { idOf, type RunState } from './run/index.ts';

/** What the paths of files that nodes leave begin with. */
const NODES = 'nodes';

export async function keepArtifacts(
  ports: KeepingPorts,
  call: Call,
  artifacts: readonly ProducedArtifact[],
): Promise<void> {
  if (artifacts.length === 0) return;
  const rows = rowsOf(call, artifacts);
  await untilStored(ports, call, () => ports.store.putArtifacts(rows));
}

function rowsOf(call: Call, artifacts: readonly ProducedArtifact[]): readonly ArtifactRow[] {
  const { owned, node, attempt } = call;
  const nodeId = idOf(owned.run, node);
  const phase = phaseOf(owned.run, nodeId);
  const paths = new Set<string>();
  return artifacts.map(({ name: given, mediaType, bytes }) => {
    // The database takes no zero, and no halves of characters.
    const name = given.toWellFormed().replaceAll('\0', '\ufffd');
    const path = unusedPath(paths, pathOf({ node, nodeId, name }));
    paths.add(path);
    return {
      ...{ runId: owned.id, node, nodeId, attempt, name, path, mediaType, bytes },
      ...(phase !== undefined && { phase }),
      type: artifactKindOf(path).type,
      hash: createHash('sha256').update(bytes).digest(),
    };
  });
}

/** `nodes/<node id>/<name>` where that is a path; else one that no other node can have. */
function pathOf({ node, nodeId, name }: Pick<ArtifactRow, 'node' | 'nodeId' | 'name'>): string {
  const checked = checkPath(`${NODES}/${nodeId}/${name}`);
  if ('path' in checked) return checked.path;
  return pathFrom([NODES, `${node}-${nodeId.replaceAll('/', '-')}`, name]);
}

/** Two names of one attempt may come to the same path. */
function unusedPath(used: ReadonlySet<string>, path: string): string {
  if (!used.has(path)) return path;
  for (let count = 2; ; count += 1) {
    const [, folder = '', name = ''] = /^(.*\/)([^/]*)$/.exec(path) ?? [];
    const other = `${folder}${count}-${name.slice(-100)}`;
    if (!used.has(other)) return other;
  }
}

/** Of a run with phases, nodes are called `<phase>/<agent>`, and each phase has its gates. */
function phaseOf({ plan }: RunState, nodeId: string): string | undefined {
  const [phase = '', ...rest] = nodeId.split('/');
  return rest.length > 0 && plan.names.has(`${phase}/gates`) ? phase : undefined;
}
