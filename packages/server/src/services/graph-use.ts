/** What graphs name that belongs to their owner: secrets, and tools of MCP servers as actions. */
import type { DagInput, NodeInput } from '@tenuto/contract';
import type { CheckSecrets, CompileOptions, Plan, SecretStore } from '@tenuto/engine';
import { refuseUnknownSecrets } from './secret-use.ts';

/** What the compiler asks about the actions of a graph. */
export type GraphChecks = Required<Pick<CompileOptions, 'checkAction' | 'checkSecrets'>>;

export interface GraphUse {
  /** The checks for a graph of this owner's. */
  checks(owner: string, dag: DagInput): Promise<GraphChecks>;
  /**
   * @param placeOf leads from a place in the graph to one in what was sent
   * @throws PlanError for secrets that the owner does not have
   */
  refuseUnknown(
    owner: string,
    of: { readonly plan: Plan; readonly placeOf: (path: string) => string },
  ): Promise<void>;
}

interface GraphUseParts {
  readonly secrets: Pick<SecretStore, 'unknown'>;
  /** Those of the names that are MCP servers of the owner. */
  readonly mcpServers: (owner: string, names: readonly string[]) => Promise<readonly string[]>;
  readonly checkAction: (uses: string) => string | undefined;
  readonly checkSecrets: CheckSecrets;
}

export function createGraphUse(parts: GraphUseParts): GraphUse {
  const { secrets, mcpServers, checkAction, checkSecrets } = parts;
  return {
    async checks(owner, dag) {
      const named = new Set<string>();
      for (const uses of actionsOf(dag.nodes)) {
        const server = serverOf(uses);
        if (server !== undefined && checkAction(uses) !== undefined) named.add(server);
      }
      if (named.size === 0) return { checkAction, checkSecrets };
      const there = new Set(await mcpServers(owner, [...named]));
      return {
        checkSecrets,
        checkAction: (uses) => {
          const wrong = checkAction(uses);
          const server = serverOf(uses);
          if (wrong === undefined || server === undefined) return wrong;
          return there.has(server) ? undefined : `${wrong} You have no MCP server "${server}".`;
        },
      };
    },
    refuseUnknown: (owner, of) => refuseUnknownSecrets(secrets, owner, of),
  };
}

/** The server in `<server>.<tool>`. */
function serverOf(uses: string): string | undefined {
  return /^([A-Za-z][A-Za-z0-9_-]{0,63})\../.exec(uses)?.[1];
}

function* actionsOf(nodes: readonly NodeInput[]): Iterable<string> {
  for (const node of nodes) {
    const { on_ambiguous: ambiguous } = node;
    const probe = typeof ambiguous === 'object' ? ambiguous.probe : undefined;
    const sides = [node.fallback, node.rollback, probe];
    for (const uses of [node.uses, node.action_type, ...sides.map((side) => side?.uses)]) {
      if (uses !== undefined) yield uses;
    }
    yield* actionsOf(node.children ?? []);
  }
}
