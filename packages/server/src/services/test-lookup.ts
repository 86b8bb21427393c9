import type { DagInput, NodeInput, TestEntryBody } from '@tenuto/contract';
import type { CatalogueRecord, CatalogueStore } from '@tenuto/engine';

/** Cases that a suite without a command may have: each becomes a node. */
const CASES_MOST = 10_000;

/** The entries of the catalogue that a graph needs. */
export interface FoundEntries {
  suite(id: string): TestEntryBody | undefined;
  case(id: string): TestEntryBody | undefined;
  /** Ids of the cases of a suite, for suites that are made of them. */
  casesOf(suiteId: string): readonly string[];
}

/** Whether a node takes what it runs from the catalogue. */
export function isCatalogued(node: NodeInput): boolean {
  const { type, test_case_id: caseId, test_suite_id: suiteId } = node;
  if ((node.with ?? node.action_parameters) !== undefined) return false;
  if ((node.uses ?? node.action_type ?? 'test.run') !== 'test.run') return false;
  return (
    (type === 'test_case' && caseId !== undefined) ||
    (type === 'test_suite' && suiteId !== undefined)
  );
}

/** Looks up, in the name of a job's owner, what its nodes name; undefined when they name nothing. */
export async function lookUp(
  catalogue: CatalogueStore,
  owner: string,
  dag: DagInput,
): Promise<FoundEntries | undefined> {
  const nodes = cataloguedNodes(dag.nodes);
  if (nodes.length === 0) return undefined;
  const wanted = nodes.flatMap(namedBy);
  const entries = new Map<string, TestEntryBody>();
  const read = async (ids: readonly string[]) => {
    const missing = [...new Set(ids)].filter((id) => !entries.has(id));
    if (missing.length > 0) add(await catalogue.entries(owner, missing));
  };
  const add = (records: readonly CatalogueRecord[]) => {
    for (const { id, body } of records) entries.set(id, body);
  };
  await read(wanted);
  const casesOf = new Map<string, readonly string[]>();
  for (const id of suitesOfCases(nodes, entries)) {
    const cases = await catalogue.casesOf(owner, id, CASES_MOST);
    add(cases);
    casesOf.set(
      id,
      cases.map((record) => record.id),
    );
  }
  await read([...entries.values()].flatMap(({ suite_id: suiteId }) => suiteId ?? []));
  const ofKind = (kind: TestEntryBody['kind']) => (id: string) => {
    const entry = entries.get(id);
    return entry?.kind === kind ? entry : undefined;
  };
  return {
    suite: ofKind('suite'),
    case: ofKind('case'),
    casesOf: (suiteId) => casesOf.get(suiteId) ?? [],
  };
}

function cataloguedNodes(nodes: readonly NodeInput[]): readonly NodeInput[] {
  return nodes.flatMap((node) => [
    ...(isCatalogued(node) ? [node] : []),
    ...cataloguedNodes(node.children ?? []),
  ]);
}

function namedBy(node: NodeInput): readonly string[] {
  if (node.type === 'test_case') return node.test_case_id === undefined ? [] : [node.test_case_id];
  return [...(node.test_suite_id === undefined ? [] : [node.test_suite_id]), ...caseIds(node)];
}

function caseIds({ test_case_ids: ids = [] }: NodeInput): readonly string[] {
  return ids;
}

/** The suites that run their registered cases, because there is nothing else to run or spread. */
function suitesOfCases(
  nodes: readonly NodeInput[],
  entries: ReadonlyMap<string, TestEntryBody>,
): ReadonlySet<string> {
  const ids = nodes.flatMap((node) => {
    const id = node.type === 'test_suite' ? node.test_suite_id : undefined;
    const suite = id === undefined ? undefined : entries.get(id);
    if (id === undefined || suite?.kind !== 'suite' || node.test_case_ids !== undefined) return [];
    const isSpread = (node.shards ?? suite.shards ?? 1) > 1;
    const hasUnits = suite.pattern !== undefined || suite.select?.skip_args !== undefined;
    return suite.command === undefined || (isSpread && !hasUnits) ? [id] : [];
  });
  return new Set(ids);
}
