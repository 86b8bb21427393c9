import {
  COMPARED_RUNS,
  type ComparedArtifact,
  type ComparedNode,
  type ComparedTest,
  type Comparison,
  ID_PATTERN,
  type Json,
  OrchestrationError,
} from '@tenuto/contract';
import {
  type Access,
  comparePlans,
  diffJson,
  fateOf,
  isAlike,
  isEqualJson,
  type Row,
  sideBySide,
} from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { findJob } from './job-find.ts';
import { errorView } from './job-view.ts';
import { factsOf, hasEnded, type NodeFacts, type RunFacts, totalsOf, usd } from './run-facts.ts';
import type { JobParts } from './services.ts';

export interface CompareQuery {
  /** Ids of runs, with commas between them. */
  readonly ids: string;
  readonly all?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

const DEFAULT_LIMIT = 50;
/** Nodes of one run that are compared; more is a task for a program. */
const NODES_MOST = 100_000;
/** Outputs of other texts that may say the same in another order are looked into, up to so many. */
const LOOKED_INTO_MOST = 1_000;
/** Artifacts and tests that are listed. */
const LISTED_MOST = 1_000;

/**
 * Puts runs side by side. Differences are told from the first of them to each of the others.
 * @throws OrchestrationError 400 for ids that are none or too many, 404 for a run that is not there,
 *   422 for runs that are too large
 */
export async function compareRuns(
  parts: JobParts,
  caller: Caller,
  query: CompareQuery,
): Promise<Comparison> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const ids = idsOf(query.ids);
  const runs = await Promise.all(ids.map((id) => findJob(parts, access, id)));
  const facts = await Promise.all(runs.map((run) => factsOf(parts, access, run)));
  refuseHuge(facts);
  const [first, ...others] = facts;
  if (first === undefined) throw new Error('nothing is compared');
  return {
    runs: facts.map((one) => totalsOf(parts, one)),
    params: others.map(({ run }) => ({
      ...(diffJson(first.run.input.params, run.input.params) as Comparison['params'][number]),
    })),
    plans: others.map(({ viewed }) => {
      const found = comparePlans(first.viewed.plan, viewed.plan);
      return {
        is_same: found.isSame,
        added: [...found.added],
        removed: [...found.removed],
        changed: found.changed.map(({ nodeId, changes }) => ({
          node_id: nodeId,
          changes: [...changes],
        })),
        truncated: found.truncated,
      };
    }),
    nodes: await compareNodes(parts, access, { facts, query }),
    artifacts: compareArtifacts(facts),
    tests: compareTests(facts),
  };
}

/** @throws OrchestrationError 400 */
function idsOf(text: string): string[] {
  const ids = text.split(',').map((id) => id.trim().toLowerCase());
  const { least, most } = COMPARED_RUNS;
  const wrong = ids.find((id) => !new RegExp(ID_PATTERN).test(id));
  const message =
    wrong !== undefined
      ? `has "${wrong.slice(0, 50)}", which is no id of a run`
      : ids.length < least || ids.length > most
        ? `names ${ids.length} runs; name ${least} to ${most} of them, with commas between them`
        : undefined;
  if (message === undefined) return ids;
  throw new OrchestrationError('validation_failed', `/ids ${message}.`, {
    validationErrors: [{ path: '/ids', message }],
  });
}

function refuseHuge(facts: readonly RunFacts[]): void {
  const huge = facts.find(({ nodes }) => nodes.size > NODES_MOST);
  if (huge === undefined) return;
  throw new OrchestrationError(
    'unprocessable',
    `The run ${huge.run.runId} has ${huge.nodes.size} nodes; up to ${NODES_MOST} can be compared.`,
  );
}

type NodeRow = Row<NodeFacts>;

async function compareNodes(
  parts: JobParts,
  access: Access,
  { facts, query }: { readonly facts: readonly RunFacts[]; readonly query: CompareQuery },
): Promise<Comparison['nodes']> {
  const { limit = DEFAULT_LIMIT, offset = 0, all = false } = query;
  const rows = sideBySide(facts.map(({ nodes }) => nodes));
  const outputs = outputsOf(parts, access, facts);
  const alike = await alikeRows(rows, outputs);
  const listed = all ? rows : rows.filter((row) => !alike.has(row));
  const page = listed.slice(offset, offset + limit);
  const values = await outputs(page);
  return {
    items: page.map((row) => nodeView(row, values.get(row) ?? [], alike.has(row))),
    total: listed.length,
    same: alike.size,
    ...{ limit, offset },
    has_more: offset + page.length < listed.length,
  };
}

type Outputs = (
  rows: readonly NodeRow[],
) => Promise<ReadonlyMap<NodeRow, readonly (Json | undefined)[]>>;

/** Reads the outputs of some nodes in all runs. */
function outputsOf(parts: JobParts, access: Access, facts: readonly RunFacts[]): Outputs {
  return async (rows) => {
    const records = await Promise.all(
      facts.map(({ run: { runId } }, i) => {
        const nodes = rows.flatMap(({ things }) => things[i]?.view.index ?? []);
        return parts.jobs.nodes(access, { runId, nodes });
      }),
    );
    return new Map(
      rows.map((row) => {
        const values = row.things.map((thing, i): Json | undefined => {
          if (thing === undefined) return undefined;
          const { status, index, output } = thing.view;
          return (hasEnded(status) ? records[i]?.get(index)?.output : undefined) ?? output ?? null;
        });
        return [row, values];
      }),
    );
  };
}

/** The rows in which all runs agree. */
async function alikeRows(rows: readonly NodeRow[], outputs: Outputs): Promise<Set<NodeRow>> {
  const alike = new Set<NodeRow>();
  const unsure: NodeRow[] = [];
  for (const row of rows) {
    if (!isAlike(row, isSameButOutput)) continue;
    if (isAlike(row, (a, b) => a.digest?.output === b.digest?.output && sameDerived(a, b))) {
      alike.add(row);
    } else if (unsure.length < LOOKED_INTO_MOST) unsure.push(row);
  }
  for (const [row, [first, ...others]] of await outputs(unsure)) {
    if (others.every((other) => isEqualJson(first, other))) alike.add(row);
  }
  return alike;
}

function isSameButOutput(a: NodeFacts, b: NodeFacts): boolean {
  return (
    a.view.status === b.view.status &&
    a.view.attempts === b.view.attempts &&
    a.view.error?.type === b.view.error?.type &&
    a.view.error?.message === b.view.error?.message &&
    a.digest?.error === b.digest?.error
  );
}

/** What conditions and groups give has no row of its own. */
function sameDerived(a: NodeFacts, b: NodeFacts): boolean {
  if (a.digest !== undefined && b.digest !== undefined) return true;
  return isEqualJson(a.view.output, b.view.output);
}

function nodeView(
  { name, things }: NodeRow,
  values: readonly (Json | undefined)[],
  isSame: boolean,
): ComparedNode {
  const [first, ...others] = values;
  return {
    node_id: name,
    is_same: isSame,
    runs: things.map((thing) => {
      if (thing === undefined) return null;
      const { view, digest, spend } = thing;
      return {
        status: view.status,
        attempts: view.attempts,
        duration_ms: digest === undefined ? null : Math.round(digest.durationMs),
        error: view.error === undefined ? null : errorView({ ...view.error }),
        cost_usd: usd(spend?.costNanoUsd ?? 0),
      };
    }),
    output: others.map((other) => {
      const { changes, truncated } = diffJson(first, other, { most: 50, chars: 300 });
      return { changes: [...changes], truncated };
    }),
  };
}

function compareArtifacts(facts: readonly RunFacts[]): Comparison['artifacts'] {
  const runs = facts.map(({ artifacts }) => new Map(artifacts.map((one) => [one.path, one])));
  const rows = sideBySide(runs);
  const others = rows.filter((row) => !isAlike(row, (a, b) => a.hash === b.hash));
  const items = others.slice(0, LISTED_MOST).map(
    (row): ComparedArtifact => ({
      path: row.name,
      state: fateOf(row),
      runs: row.things.map((one) =>
        one === undefined ? null : { hash: one.hash, size_bytes: one.sizeBytes },
      ),
    }),
  );
  const truncated = others.length > items.length || facts.some((one) => one.truncated.artifacts);
  return { items, same: rows.length - others.length, truncated };
}

function compareTests(facts: readonly RunFacts[]): Comparison['tests'] {
  const runs = facts.map(({ tests }) => new Map(tests.map((test) => [test.testId, test])));
  const rows = sideBySide(runs);
  const others = rows.filter((row) => !isAlike(row, (a, b) => a.status === b.status));
  const items = others.slice(0, LISTED_MOST).map((row): ComparedTest => {
    const known = row.things.find((test) => test !== undefined);
    return {
      test_id: row.name,
      suite: known?.suite ?? '',
      classname: known?.classname ?? '',
      name: known?.name ?? '',
      runs: row.things.map((test) => test?.status ?? null),
    };
  });
  const truncated = others.length > items.length || facts.some((one) => one.truncated.tests);
  return { items, same: rows.length - others.length, truncated };
}
