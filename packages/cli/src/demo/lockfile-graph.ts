/** The dependency graph of a lock file (npm's version 3): who needs whom, as it is installed. */

/** One installed package: its folder below the project, and the folders it depends on. */
export interface InstalledPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly needs: readonly string[];
}

interface LockEntry {
  readonly version?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const MODULES = 'node_modules/';

/**
 * Reads the installed packages and their edges. npm allows cycles between packages and a DAG does
 * not: an edge that closes one is left out.
 *
 * @param lock the parsed `package-lock.json`
 * @param isInstalled whether a folder is there: packages of other platforms are not
 */
export function lockfileGraph(
  lock: { readonly packages?: Readonly<Record<string, LockEntry>> },
  isInstalled: (folder: string) => boolean,
): readonly InstalledPackage[] {
  const entries = Object.entries(lock.packages ?? {}).filter(
    ([folder, entry]) => folder.startsWith(MODULES) && entry.link !== true && isInstalled(folder),
  );
  const known = new Map(entries);
  const edges = new Map(entries.map(([folder, entry]) => [folder, needsOf(folder, entry, known)]));
  const acyclic = withoutCycles(edges);
  return entries.map(([folder, entry]) => ({
    folder,
    name: folder.slice(folder.lastIndexOf(MODULES) + MODULES.length),
    version: entry.version ?? '',
    needs: acyclic.get(folder) ?? [],
  }));
}

function needsOf(
  folder: string,
  entry: LockEntry,
  known: ReadonlyMap<string, LockEntry>,
): readonly string[] {
  const names = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
  const found = names.map((name) => resolve(folder, name, known));
  return [...new Set(found.filter((needed) => needed !== undefined))];
}

/** Node's way: the nearest `node_modules` around the package that holds the name. */
function resolve(
  folder: string,
  name: string,
  known: ReadonlyMap<string, LockEntry>,
): string | undefined {
  for (let around = folder; ; ) {
    const candidate = `${around === '' ? '' : `${around}/`}${MODULES}${name}`;
    if (known.has(candidate)) return candidate;
    if (around === '') return undefined;
    const up = around.lastIndexOf(`/${MODULES}`);
    around = up < 0 ? '' : around.slice(0, up);
  }
}

function withoutCycles(edges: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const state = new Map<string, 'open' | 'done'>();
  const kept = new Map<string, string[]>();
  function visit(folder: string): void {
    state.set(folder, 'open');
    const needs = (edges.get(folder) ?? []).filter((needed) => {
      if (!state.has(needed)) visit(needed);
      return state.get(needed) === 'done';
    });
    kept.set(folder, needs);
    state.set(folder, 'done');
  }
  for (const folder of edges.keys()) if (!state.has(folder)) visit(folder);
  return kept;
}
