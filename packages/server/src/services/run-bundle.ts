import { createHash } from 'node:crypto';
import {
  BUNDLE_KIND,
  BUNDLE_SCHEMA_VERSION,
  type Bundle,
  type BundleData,
  canonicalJson,
  formatTime,
} from '@tenuto/contract';
import type { ApprovalStore, BlobStore, Plan } from '@tenuto/engine';
import { authorize, type Caller } from '../auth/principal.ts';
import { bundlePage } from '../bundle/page.ts';
import { BUNDLE_LIMITS } from './bundle-limits.ts';
import {
  bundleArtifacts,
  bundleAttempts,
  bundleAudit,
  bundleLogs,
  bundleNodes,
  bundleSessions,
  bundleTests,
  createShortener,
  type Gathering,
} from './bundle-parts.ts';
import { rerunOf } from './bundle-rerun.ts';
import { findJob } from './job-find.ts';
import { historyOf } from './job-history.ts';
import type { PhasedParts } from './phased-find.ts';
import { factsOf, type RunFacts, totalsOf, usd } from './run-facts.ts';
import { detailOf } from './runs.ts';

export interface BundleParts extends PhasedParts {
  readonly version: string;
  readonly approvals: ApprovalStore;
  /** Where bytes are that are not in the database; absent, they are told of and not shown. */
  readonly blobs?: Pick<BlobStore, 'open'> | undefined;
}

export interface BundleWish {
  readonly runId: string;
  /** Whether small texts come along. */
  readonly inline: boolean;
}

/**
 * Gathers everything that is known of a run, as much of it as a page may hold, with a hash by which
 * it can be told that nobody has changed it since.
 * @throws OrchestrationError 404
 */
export async function bundleRun(
  parts: BundleParts,
  caller: Caller,
  { runId, inline }: BundleWish,
): Promise<Bundle> {
  const access = authorize(caller.principal, 'runs:read', 'runs');
  const run = await findJob(parts, access, runId);
  const facts = await factsOf(parts, access, run, BUNDLE_LIMITS.artifacts);
  const gathering: Gathering = { parts, access, run, facts, omitted: [] };
  const data = await gathered(parts, caller, gathering, inline);
  return sealed(data);
}

/**
 * The same as a page.
 * @throws OrchestrationError 404
 */
export async function bundledPage(
  parts: BundleParts,
  caller: Caller,
  wish: BundleWish,
): Promise<string> {
  return bundlePage(await bundleRun(parts, caller, wish));
}

/** Adds the hash of all that is in it. */
export function sealed(given: BundleData): Bundle {
  // What JSON does not say must not be in what is hashed.
  const data = JSON.parse(JSON.stringify(given)) as BundleData;
  const hash = createHash('sha256').update(canonicalJson(data)).digest('hex');
  return { ...data, integrity: { algorithm: 'SHA-256', hash } };
}

async function gathered(
  parts: BundleParts,
  caller: Caller,
  gathering: Gathering,
  inline: boolean,
): Promise<BundleData> {
  const { access, run, facts, omitted } = gathering;
  const { plan } = facts.viewed;
  const shortener = createShortener(omitted);
  const rerun = rerunOf(run, plan);
  if (rerun === null) omitted.push('The plan: it is too large to be run again from here.');
  const nodes = await bundleNodes(gathering, shortener);
  const attempts = await bundleAttempts(gathering, shortener);
  const [detail, history, logs, artifacts, sessions, audit] = await Promise.all([
    detailOf(parts, access, run),
    historyOf(parts, access, run),
    bundleLogs(gathering),
    bundleArtifacts(gathering, inline, parts.blobs),
    bundleSessions(gathering, parts.approvals),
    bundleAudit(gathering, caller),
  ]);
  const output = detail.output && (shortener.output(detail.output) as typeof detail.output);
  shortener.close();
  return {
    kind: BUNDLE_KIND,
    schema_version: BUNDLE_SCHEMA_VERSION,
    created_at: formatTime(parts.clock.wall()),
    created_by: caller.principal.actor,
    server_version: parts.version,
    run: { ...detail, output },
    totals: totalsOf(parts, facts),
    plan: planView(plan, omitted),
    rerun,
    ...{ nodes, attempts, logs, artifacts },
    history: history.slice(0, BUNDLE_LIMITS.history),
    tests: bundleTests(gathering),
    costs: costsOf(facts),
    ...sessions,
    audit,
    omitted,
  };
}

/** Nodes and edges for a drawing; of a large plan the first ones. */
function planView(plan: Plan, omitted: string[]): BundleData['plan'] {
  const shown = Math.min(plan.nodeCount, BUNDLE_LIMITS.nodes);
  if (shown < plan.nodeCount) omitted.push(`${plan.nodeCount - shown} nodes of the drawing.`);
  const edges: [number, number, string?][] = [];
  for (let from = 0; from < shown; from += 1) {
    const end = plan.successorOffsets[from + 1] ?? 0;
    for (let e = plan.successorOffsets[from] ?? 0; e < end; e += 1) {
      const to = plan.successors[e] ?? 0;
      const label = plan.labels.get(e);
      if (to < shown) edges.push(label === undefined ? [from, to] : [from, to, label]);
    }
  }
  return {
    hash: plan.hash,
    node_count: plan.nodeCount,
    edge_count: plan.edgeCount,
    nodes: plan.ids.slice(0, shown).map((id, i) => ({
      id,
      type: plan.specs[i]?.type ?? 'action',
      uses: plan.specs[i]?.uses ?? null,
      level: plan.levels[i] ?? 0,
      group: plan.groups[i] ?? -1,
    })),
    edges,
  };
}

function costsOf({ nodes }: RunFacts): BundleData['costs'] {
  return [...nodes].flatMap(([nodeId, { spend }]) =>
    spend === undefined
      ? []
      : [{ node_id: nodeId, cost_usd: usd(spend.costNanoUsd), token_usage: { ...spend.usage } }],
  );
}
