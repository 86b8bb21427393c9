/** What is told of a run beside others, or in its bundle: nodes, artifacts, tests, costs. */
import type { ComparedRun, NodeStatus, TokenUsageView } from '@tenuto/contract';
import type {
  Access,
  ArtifactDigest,
  NodeDigest,
  NodeSpend,
  NodeView,
  RunRecord,
  RunTest,
} from '@tenuto/engine';
import { timeView } from './job-view.ts';
import { type Viewed, viewOf } from './node-find.ts';
import { summaryOf } from './runs.ts';
import type { JobParts } from './services.ts';

/** More of one kind are not looked at. */
export const FACTS_MOST = 20_000;
/** A fork of a fork of a fork: results of tests are looked for no further back. */
const LINEAGE_MOST = 10;

/** An artifact with the node that has left it. */
export interface NamedArtifact extends ArtifactDigest {
  readonly nodeId: string;
}

export interface NodeFacts {
  readonly view: NodeView;
  readonly digest: NodeDigest | undefined;
  readonly spend: NodeSpend | undefined;
}

export interface RunFacts {
  readonly run: RunRecord;
  readonly viewed: Viewed;
  readonly nodes: ReadonlyMap<string, NodeFacts>;
  readonly artifacts: readonly NamedArtifact[];
  readonly tests: readonly RunTest[];
  /** There is more than was looked at. */
  readonly truncated: { readonly artifacts: boolean; readonly tests: boolean };
}

/** Gathers what is known of a run, without the outputs of its nodes. */
export async function factsOf(
  parts: JobParts,
  access: Access,
  run: RunRecord,
  most = FACTS_MOST,
): Promise<RunFacts> {
  const { runId } = run;
  const [viewed, digests, artifacts, tests, spent] = await Promise.all([
    viewOf(parts, access, run),
    parts.forks.digests(access, runId),
    parts.forks.artifacts(access, runId, most + 1),
    testsOf(parts, access, { run, most: most + 1 }),
    parts.forks.spend(access, runId),
  ]);
  const digestOf = new Map(digests.map((digest) => [digest.node, digest]));
  const spendOf = new Map(spent.map((spend) => [spend.node, spend]));
  const nodes = new Map<string, NodeFacts>();
  for (let i = 0; i < viewed.nodes.nodeCount(); i += 1) {
    const view = viewed.nodes.node(i);
    const { index } = view;
    nodes.set(view.id, { view, digest: digestOf.get(index), spend: spendOf.get(index) });
  }
  return {
    ...{ run, viewed, nodes },
    artifacts: artifacts
      .slice(0, most)
      .map((one) => ({ ...one, nodeId: viewed.nodes.idOf(one.node) })),
    tests: tests.slice(0, most),
    truncated: { artifacts: artifacts.length > most, tests: tests.length > most },
  };
}

/** Results of what a fork has taken over are told where they were made: they count once. */
async function testsOf(
  parts: JobParts,
  access: Access,
  {
    run,
    most,
    depth = 0,
  }: { readonly run: RunRecord; readonly most: number; readonly depth?: number },
): Promise<readonly RunTest[]> {
  const own = await parts.forks.tests(access, run.runId, most);
  const { forkedFrom } = run.input;
  if (forkedFrom === undefined || forkedFrom.taken === 0 || depth >= LINEAGE_MOST) return own;
  const [original, [event]] = await Promise.all([
    parts.jobs.find(access, forkedFrom.runId),
    parts.jobs.events(access, run.runId, ['forked']),
  ]);
  const nodes = event?.body.nodes;
  if (original === undefined || !Array.isArray(nodes)) return own;
  const taken = new Set<unknown>(nodes);
  const before = await testsOf(parts, access, { run: original, most, depth: depth + 1 });
  return [...before.filter(({ nodeId }) => taken.has(nodeId)), ...own].slice(0, most);
}

/** A run in all: what it came to. */
export function totalsOf(parts: JobParts, { run, viewed, nodes, ...facts }: RunFacts): ComparedRun {
  const {
    name,
    status,
    kind,
    counts,
    total_duration_seconds: seconds,
  } = summaryOf(parts, run, true);
  const { forkedFrom } = run.input;
  const all = [...nodes.values()];
  const { artifacts } = facts;
  return {
    run_id: run.runId,
    ...{ kind, name, status, counts },
    created_at: timeView(run.createdAt) ?? '',
    started_at: timeView(run.startedAt),
    completed_at: timeView(run.completedAt),
    total_duration_seconds: seconds,
    forked_from: forkedFrom
      ? { run_id: forkedFrom.runId, node: forkedFrom.node, attempts_taken_over: forkedFrom.taken }
      : null,
    plan_hash: viewed.plan.hash,
    attempts: all.reduce((sum, { view }) => sum + view.attempts, 0),
    artifacts: {
      count: artifacts.length,
      size_bytes: artifacts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    },
    cost_usd: usd(all.reduce((sum, { spend }) => sum + (spend?.costNanoUsd ?? 0), 0)),
    recorded_cost_usd: usd(all.reduce((sum, { spend }) => sum + (spend?.recordedNanoUsd ?? 0), 0)),
    token_usage: all.reduce((sum, { spend }) => plus(sum, spend?.usage), NO_TOKENS),
    tests: testTotals(facts.tests),
  };
}

const NO_TOKENS: TokenUsageView = { input: 0, output: 0, cached: 0, reasoning: 0 };

function plus(a: TokenUsageView, b: NodeSpend['usage'] | undefined): TokenUsageView {
  if (b === undefined) return a;
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cached: a.cached + b.cached,
    reasoning: a.reasoning + b.reasoning,
  };
}

/** Dollars of billionths of them. */
export function usd(nano: number): number {
  return nano / 1e9;
}

function testTotals(tests: readonly RunTest[]): ComparedRun['tests'] {
  const of = (status: RunTest['status']) => tests.filter((test) => test.status === status).length;
  return {
    total: tests.length,
    passed: of('passed'),
    failed: of('failed'),
    error: of('error'),
    skipped: of('skipped'),
    flaky: tests.filter(({ flaky }) => flaky).length,
  };
}

/** A node has ended: what it gave is in its last attempt. */
export function hasEnded(status: NodeStatus): boolean {
  return (
    status === 'completed' || status === 'failed' || status === 'timeout' || status === 'cancelled'
  );
}
