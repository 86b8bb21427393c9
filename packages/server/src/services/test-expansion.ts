import { type DagInput, type NodeInput, PlanError, type ValidationError } from '@tenuto/contract';
import type { CatalogueStore } from '@tenuto/engine';
import { type FoundEntries, isCatalogued, lookUp } from './test-lookup.ts';
import { caseNode, hasOwnReport, type SuiteOf, selectOf, wholeSuiteNode } from './test-nodes.ts';
import { caseNodes, childOf, type SuiteNodes, shardNodes } from './test-parts.ts';

/** A graph in which every test says what it runs. */
export interface Expansion {
  readonly dag: DagInput;
  /** The place in the graph as it was written of a place in this one. */
  placeOf(path: string): string;
}

/**
 * Puts in place of catalogued tests what the catalogue has of them: a command, shards, cases.
 *
 * @param owner whose catalogue it is: the owner of the job
 * @throws PlanError with the nodes whose tests are not registered, or cannot be run so
 */
export async function expandTests(
  catalogue: CatalogueStore,
  owner: string,
  dag: DagInput,
): Promise<Expansion> {
  const found = await lookUp(catalogue, owner, dag);
  if (found === undefined) return { dag, placeOf: (path) => path };
  const work: Work = { found, problems: [], places: new Map(), entries: new Map() };
  const nodes = expandNodes(work, dag.nodes, { from: '/nodes', to: '/nodes' });
  const [first] = work.problems;
  if (first !== undefined) throw new PlanError(first.message, work.problems);
  const edges = dag.edges?.map((edge) => ({ ...edge, to: work.entries.get(edge.to) ?? edge.to }));
  return {
    dag: { nodes, ...(edges !== undefined && { edges }) },
    placeOf: (path) => placeOf(work.places, path),
  };
}

interface Work {
  readonly found: FoundEntries;
  readonly problems: ValidationError[];
  /** From the place of each node to the one where it was written. */
  readonly places: Map<string, string>;
  /** Ids of nodes that became several, with that of the first of them. */
  readonly entries: Map<string, string>;
}

interface Places {
  readonly from: string;
  readonly to: string;
}

function expandNodes(work: Work, nodes: readonly NodeInput[], { from, to }: Places): NodeInput[] {
  const expanded: NodeInput[] = [];
  nodes.forEach((node, i) => {
    const written = `${from}/${i}`;
    for (const made of isCatalogued(node) ? madeOf(work, node, written) : [node]) {
      const place = `${to}/${expanded.length}`;
      work.places.set(place, written);
      const inside = made === node ? made.children : undefined;
      expanded.push(
        inside === undefined
          ? made
          : { ...made, children: expandChildren(work, inside, { from: written, to: place }) },
      );
    }
  });
  return expanded;
}

function expandChildren(work: Work, children: readonly NodeInput[], { from, to }: Places) {
  return expandNodes(work, children, { from: `${from}/children`, to: `${to}/children` });
}

/** The longest known beginning of a path, exchanged. */
function placeOf(places: ReadonlyMap<string, string>, path: string): string {
  const parts = path.split('/');
  for (let length = parts.length; length > 0; length -= 1) {
    const written = places.get(parts.slice(0, length).join('/'));
    if (written !== undefined) return [written, ...parts.slice(length)].join('/');
  }
  return path;
}

function madeOf(work: Work, node: NodeInput, written: string): readonly NodeInput[] {
  if (node.type === 'test_case') {
    const made = caseOf(work, node, { path: `${written}/test_case_id`, suite: undefined });
    return made === undefined ? [node] : [made];
  }
  const { nodes, entry } = suiteNodes(work, node, written);
  if (nodes.length > 1) work.entries.set(node.id, entry);
  return nodes;
}

function suiteNodes(work: Work, node: NodeInput, written: string): SuiteNodes {
  const { test_suite_id: id = '', test_case_ids: chosen } = node;
  const asItIs = { nodes: [node], entry: node.id };
  const body = work.found.suite(id);
  const path = `${written}/test_suite_id`;
  if (body === undefined) {
    addUnknown(work, path, { id, kind: 'suite' });
    return asItIs;
  }
  const suite = { id, body };
  const shards = node.shards ?? (chosen === undefined ? (body.shards ?? 1) : 1);
  const ids = chosen === undefined ? work.found.casesOf(id) : [...new Set(chosen)];
  if (shards > 1) {
    const cases =
      chosen === undefined && ids.length === 0 ? undefined : casesOf(work, ids, written);
    const wrong = spreadProblem(suite, cases !== undefined);
    if (wrong === undefined) return shardNodes(node, suite, { shards, cases });
    work.problems.push({ path, message: wrong, value: id });
    return asItIs;
  }
  if (chosen === undefined && body.command !== undefined) {
    return { nodes: [wholeSuiteNode(node, suite)], entry: node.id };
  }
  if (ids.length === 0) {
    const message = `The suite "${id}" has no command and no cases; register cases with suite_id.`;
    work.problems.push({ path, message, value: id });
    return asItIs;
  }
  const children = ids.flatMap((caseId, i) => {
    const place = chosen === undefined ? path : `${written}/test_case_ids/${i}`;
    return caseOf(work, childOf(node, caseId), { path: place, suite }) ?? [];
  });
  return caseNodes(node, children);
}

function spreadProblem({ id, body }: SuiteOf, hasCases: boolean): string | undefined {
  const select = selectOf(body);
  if (body.command === undefined || select === undefined) {
    return `The suite "${id}" cannot be spread over shards: give it a command and select.`;
  }
  if (!hasOwnReport(body)) {
    return `The suite "${id}" cannot be spread over shards, which would write over each other's reports: put {attempt} into report, and into the command.`;
  }
  const hasUnits = hasCases || body.pattern !== undefined || select.skip_args !== undefined;
  if (hasUnits) return undefined;
  return (
    `The suite "${id}" cannot be spread over shards, for new tests would not be run: give it a ` +
    'pattern of files, select.skip_args, or cases in the catalogue.'
  );
}

/** Cases that are spread over the shards of their suite. */
function casesOf(work: Work, ids: readonly string[], written: string): readonly SuiteOf[] {
  return ids.flatMap((id, i) => {
    const body = work.found.case(id);
    if (body !== undefined) return [{ id, body }];
    addUnknown(work, `${written}/test_case_ids/${i}`, { id, kind: 'case' });
    return [];
  });
}

interface CasePlace {
  readonly path: string;
  /** The suite that the case is run for; its own when undefined. */
  readonly suite: SuiteOf | undefined;
}

function caseOf(work: Work, node: NodeInput, { path, suite: around }: CasePlace) {
  const { test_case_id: id = '' } = node;
  const body = work.found.case(id);
  if (body === undefined) {
    addUnknown(work, path, { id, kind: 'case' });
    return undefined;
  }
  const suiteId = body.suite_id ?? around?.id;
  const found = suiteId === undefined ? undefined : work.found.suite(suiteId);
  const suite =
    suiteId !== undefined && found !== undefined ? { id: suiteId, body: found } : around;
  const wrong = caseProblem(id, body, suite);
  if (wrong === undefined) return caseNode(node, { id, body, suite });
  work.problems.push({ path, message: wrong, value: id });
  return undefined;
}

function caseProblem(
  id: string,
  body: SuiteOf['body'],
  suite: SuiteOf | undefined,
): string | undefined {
  if ((body.report ?? suite?.body.report) === undefined) {
    return `The case "${id}" has no report, and no suite that has one.`;
  }
  if (body.command !== undefined) return undefined;
  if (suite?.body.command === undefined) {
    return `The case "${id}" has no command, and no suite that has one.`;
  }
  if (suite.body.select !== undefined) return undefined;
  return `The suite "${suite.id}" cannot select cases: give it select, with case_args.`;
}

function addUnknown(
  work: Work,
  path: string,
  { id, kind }: { readonly id: string; readonly kind: 'suite' | 'case' },
): void {
  const address = `/api/v1/tests/catalogue/${encodeURIComponent(id)}`;
  const message =
    `There is no test ${kind} "${id}" in the catalogue: register it with PUT ${address} ` +
    '(or `tenuto tests catalogue put <file>`), or say in `with` what to run.';
  work.problems.push({ path, message, value: id });
}
