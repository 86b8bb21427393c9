import { createHash } from 'node:crypto';
import {
  canonicalJson,
  type DagInput,
  type InlineRetryPolicy,
  LIMITS,
  PlanError,
} from '@tenuto/contract';
import type { References } from '../expression/index.ts';
import { resolveRetryPolicy } from '../retry/index.ts';
import { type Edges, readEdges } from './edges.ts';
import { type FlatNodes, flatten } from './flatten.ts';
import { orderNodes } from './order.ts';
import type { Plan, StoredPolicies, StoredPolicy } from './plan.ts';
import { collectProblems, type Problems } from './problems.ts';
import { compileSpecs, type Specs } from './spec.ts';
import type { CheckSecrets, Door } from './spec-context.ts';

export interface CompileOptions {
  /** The job's retry policy: the default of its nodes. It becomes part of the plan. */
  readonly retry?: InlineRetryPolicy;
  /** Stored policies that nodes name, and the job's: they become part of the plan too. */
  readonly policies?: StoredPolicies;
  /** Id of the stored policy that `retry` is, but for its number of attempts. */
  readonly retryFrom?: string;
  /** What else its expressions may name: what comes in with the door that its runs are made by. */
  readonly door?: Door;
  readonly maxNodes?: number;
  readonly maxEdges?: number;
  /** Says what is wrong with an action's name; absent, every name is taken. */
  readonly checkAction?: (uses: string) => string | undefined;
  /** Absent, all actions may be given secrets everywhere. */
  readonly checkSecrets?: CheckSecrets;
  /** It was accepted before: rules that are newer than it do not make its runs impossible. */
  readonly isStored?: boolean;
}

/** What a plan's document says. */
export interface PlanDocument {
  readonly schema_version: 1;
  readonly nodes: DagInput['nodes'];
  readonly edges: NonNullable<DagInput['edges']>;
  readonly retry: InlineRetryPolicy;
  readonly door?: Door;
  readonly retry_from?: string;
  readonly policies?: Readonly<Record<string, Omit<StoredPolicy, 'policyId'>>>;
}

/** How many nodes of a cycle a message spells out. */
const CYCLE_NODES_NAMED = 50;

/**
 * Validates a graph and compiles it. Whatever can be known before a run is checked here.
 * @throws PlanError with every problem found (a cycle is named in order), by field path.
 */
export function compilePlan(dag: DagInput, options: CompileOptions = {}): Plan {
  if (dag.nodes.length === 0) {
    throw new PlanError('The graph has no nodes; give it at least one.', [
      { path: '/nodes', message: 'There must be at least one node.' },
    ]);
  }
  const problems = collectProblems();
  const flat = flatten(dag.nodes, options.maxNodes ?? LIMITS.planNodes, problems);
  const edges = readEdges(flat, dag.edges ?? [], options.maxEdges ?? LIMITS.planEdges, problems);
  const secrets = new Map<string, string>();
  const specs = compileSpecs({
    flat,
    defaultRetry: resolveRetryPolicy(options.retry),
    policies: options.policies ?? new Map(),
    jobPolicy: options.policies?.get(options.retryFrom ?? ''),
    checkAction: options.checkAction ?? (() => undefined),
    door: options.door,
    checkSecrets: options.checkSecrets ?? (() => undefined),
    secrets,
    isStored: options.isStored ?? false,
    problems,
  });
  const order = orderNodes(flat, edges);
  if ('cycle' in order) addCycle(flat, order.cycle, problems);
  const names = namesOf(flat, specs, problems);
  problems.raise();
  const document: PlanDocument = {
    schema_version: 1,
    nodes: dag.nodes,
    edges: dag.edges ?? [],
    retry: options.retry ?? {},
    ...(options.door !== undefined && { door: options.door }),
    ...storedParts(options),
  };
  return assemble({
    flat,
    edges,
    specs,
    names,
    secrets,
    document: canonicalJson(document),
    levels: 'levels' in order ? order.levels : new Int32Array(),
  });
}

/** What a document says of stored policies; nothing where there are none. */
function storedParts({
  policies,
  retryFrom,
}: CompileOptions): Pick<PlanDocument, 'retry_from' | 'policies'> {
  if (policies === undefined || policies.size === 0) return {};
  const entries = [...policies].map(([id, { version, policy }]) => [id, { version, policy }]);
  return {
    policies: Object.fromEntries(entries),
    ...(retryFrom !== undefined && { retry_from: retryFrom }),
  };
}

/** Compiles a stored document again; it was valid when it was stored. */
export function compileStoredPlan(document: string): Plan {
  return compileDocument(documentOf(document), { isStored: true });
}

/** Reads the canonical JSON of a plan. */
export function documentOf(document: string): PlanDocument {
  return JSON.parse(document) as PlanDocument;
}

/** Compiles what a document says. */
export function compileDocument(
  stored: PlanDocument,
  options: Pick<CompileOptions, 'isStored' | 'checkAction' | 'checkSecrets'>,
): Plan {
  return compilePlan(stored, {
    ...options,
    retry: stored.retry,
    policies: new Map(
      Object.entries(stored.policies ?? {}).map(([policyId, one]) => [
        policyId,
        { policyId, ...one },
      ]),
    ),
    ...(stored.retry_from !== undefined && { retryFrom: stored.retry_from }),
    ...(stored.door !== undefined && { door: stored.door }),
    maxNodes: Number.POSITIVE_INFINITY,
    maxEdges: Number.POSITIVE_INFINITY,
  });
}

function addCycle(flat: FlatNodes, cycle: readonly number[], problems: Problems): void {
  const ids = cycle.map((node) => flat.inputs[node]?.id ?? '');
  const shown = ids.slice(0, CYCLE_NODES_NAMED);
  const rest = ids.length > shown.length ? ` -> ... (${ids.length - shown.length} more)` : '';
  const [first] = cycle;
  problems.add(
    flat.paths[first ?? 0] ?? '/nodes',
    `The graph has a cycle: ${shown.join(' -> ')}${rest} -> ${ids[0]}. Remove one of these edges.`,
    shown,
  );
}

/** The nodes that expressions name, by id and `save_as`; all of them when one asks for all. */
function namesOf(flat: FlatNodes, specs: Specs, problems: Problems): Map<string, number> {
  const wanted = new Set<string>();
  let all = false;
  for (const { read } of specs.references) {
    for (const names of [read.steps, read.nodes]) {
      if (names === 'all') all = true;
      else for (const name of names) wanted.add(name);
    }
  }
  const names = new Map<string, number>();
  flat.inputs.forEach((node, i) => {
    if (all || wanted.has(node.id)) names.set(node.id, i);
  });
  flat.inputs.forEach((node, i) => {
    if (node.save_as === undefined) return;
    const holder = flat.indexOf.get(node.save_as);
    if (holder !== undefined && holder !== i) {
      problems.add(
        `${flat.paths[i]}/save_as`,
        `"${node.save_as}" is also the id of a node; choose another name.`,
      );
    }
    const taken = names.get(node.save_as);
    if (taken !== undefined && taken !== i && flat.inputs[taken]?.save_as === node.save_as) {
      problems.add(`${flat.paths[i]}/save_as`, `Two nodes save as "${node.save_as}".`);
    }
    names.set(node.save_as, i);
  });
  return names;
}

interface Parts {
  readonly flat: FlatNodes;
  readonly edges: Edges;
  readonly specs: Specs;
  readonly names: ReadonlyMap<string, number>;
  readonly secrets: ReadonlyMap<string, string>;
  readonly document: string;
  readonly levels: Int32Array;
}

function assemble({ flat, edges, specs, names, secrets, document, levels }: Parts): Plan {
  return {
    hash: createHash('sha256').update(document).digest('hex'),
    document,
    nodeCount: flat.inputs.length,
    edgeCount: edges.count,
    ids: flat.inputs.map((node) => node.id),
    specs: specs.specs,
    successorOffsets: edges.successorOffsets,
    successors: edges.successors,
    labels: edges.labels,
    predecessorOffsets: edges.predecessorOffsets,
    predecessors: edges.predecessors,
    groups: flat.groups,
    subtreeEnd: flat.subtreeEnd,
    patterns: flat.patternOf,
    outputKept: keptOutputs({ flat, edges, specs, names }),
    keepsOrder: specs.specs.some(
      (spec) => spec.rollback !== undefined || spec.type === 'checkpoint',
    ),
    names,
    secrets,
    levels,
  };
}

/** Marks the nodes whose output some expression may read, and the children of such groups. */
function keptOutputs({
  flat,
  edges,
  specs,
  names,
}: Omit<Parts, 'document' | 'levels' | 'secrets'>): Uint8Array {
  const kept = new Uint8Array(flat.inputs.length);
  const mark = (references: References, node: number) => {
    for (const read of [references.steps, references.nodes]) {
      if (read === 'all') kept.fill(1);
      else for (const name of read) kept[names.get(name) ?? node] = 1;
    }
    if (references.variables.has('parents')) {
      const end = edges.predecessorOffsets[node + 1] ?? 0;
      for (let e = edges.predecessorOffsets[node] ?? 0; e < end; e += 1) {
        kept[edges.predecessors[e] ?? node] = 1;
      }
    }
  };
  for (const { node, read } of specs.references) mark(read, node);
  for (let i = 0; i < kept.length; i += 1) {
    const node = flat.inputs[i];
    const group = flat.groups[i] ?? -1;
    if (node !== undefined && group >= 0 && kept[group] === 1) kept[i] = 1;
  }
  return kept;
}
