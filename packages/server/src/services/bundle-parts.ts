/** The lists of a bundle, each as long as it may be. */
import {
  type Attempt,
  type BundleArtifact,
  type BundleAuditRow,
  type BundleData,
  type BundleLog,
  type BundleTest,
  formatTime,
  type JobNode,
} from '@tenuto/contract';
import type { Access, ApprovalStore, BlobStore, RunRecord } from '@tenuto/engine';
import type { Caller } from '../auth/principal.ts';
import { approvalView } from './approvals.ts';
import { readBlob } from './artifact-bytes.ts';
import { auditAccessOf, rowView } from './audit.ts';
import { BUNDLE_LIMITS } from './bundle-limits.ts';
import { interventionView } from './interventions.ts';
import { attemptView } from './job-attempts.ts';
import { nodesOf } from './job-nodes.ts';
import { auditView, recoveryView } from './recovery-list.ts';
import type { NamedArtifact, RunFacts } from './run-facts.ts';
import type { JobParts } from './services.ts';

/** What is gathered, and what is said about all that is not. */
export interface Gathering {
  readonly parts: JobParts;
  readonly access: Access;
  readonly run: RunRecord;
  readonly facts: RunFacts;
  readonly omitted: string[];
}

const PAGE = 100;

/** Shortens outputs until all of them fit. */
export function createShortener(omitted: string[]) {
  let left: number = BUNDLE_LIMITS.outputCharsAll;
  let shortened = 0;
  return {
    output(value: unknown): unknown {
      const text = JSON.stringify(value) ?? 'null';
      const most = Math.min(BUNDLE_LIMITS.outputChars, left);
      if (text.length <= most) {
        left -= text.length;
        return value;
      }
      shortened += 1;
      left -= Math.min(left, 200);
      return { $cut: true, characters: text.length, begins: text.slice(0, 200).toWellFormed() };
    },
    close() {
      if (shortened > 0) {
        omitted.push(
          `${shortened} outputs are shortened: they have more than ${BUNDLE_LIMITS.outputChars} characters, or all of them together too many.`,
        );
      }
    },
  };
}
export type Shortener = ReturnType<typeof createShortener>;

export async function bundleNodes(
  { parts, access, run, omitted }: Gathering,
  shortener: Shortener,
): Promise<JobNode[]> {
  const part = { from: 0, count: BUNDLE_LIMITS.nodes };
  const { items, total } = await nodesOf(parts, access, run, part);
  if (total > items.length) omitted.push(`${total - items.length} nodes of ${total}.`);
  return items.map((node) => ({ ...node, output: shortener.output(node.output) }));
}

export async function bundleAttempts(
  { parts, access, run, facts, omitted }: Gathering,
  shortener: Shortener,
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  let after: { readonly node: number; readonly attempt: number } | undefined;
  for (;;) {
    const place = { limit: PAGE, offset: 0, ...(after && { after }) };
    const page = await parts.jobs.attempts(access, { runId: run.runId }, place);
    for (const record of page.items) {
      const view = attemptView(record, facts.viewed.nodes.idOf(record.node));
      attempts.push({ ...view, output: shortener.output(view.output) });
    }
    const last = page.items.at(-1);
    if (!page.hasMore || last === undefined) return attempts;
    if (attempts.length >= BUNDLE_LIMITS.attempts) {
      omitted.push(`Attempts after the first ${attempts.length}.`);
      return attempts;
    }
    after = last;
  }
}

/** The last lines of each node, in the order of the nodes. */
export async function bundleLogs({
  parts,
  access,
  run,
  facts,
  omitted,
}: Gathering): Promise<readonly BundleLog[]> {
  const { logLines, logLinesOfNode, logChars } = BUNDLE_LIMITS;
  const { lines, more } = await parts.forks.logTails(access, {
    ...{ runId: run.runId, lines: logLines, ofNode: logLinesOfNode, chars: logChars },
  });
  if (more) omitted.push(`Lines of logs before the last ${logLinesOfNode} of each node.`);
  return lines.map(({ node, at, ...line }) => ({
    node_id: facts.viewed.nodes.idOf(node),
    ...line,
    at: formatTime(at),
  }));
}

/**
 * @param inline whether small texts come along
 * @param blobs where bytes are that are not in the database
 */
export async function bundleArtifacts(
  { parts, access, run, facts, omitted }: Gathering,
  inline: boolean,
  blobs: Pick<BlobStore, 'open'> | undefined,
): Promise<BundleArtifact[]> {
  const listed = facts.artifacts.slice(0, BUNDLE_LIMITS.artifacts);
  if (facts.artifacts.length > listed.length || facts.truncated.artifacts) {
    omitted.push(`Artifacts after the first ${listed.length}.`);
  }
  const small = inline ? fitting(listed.filter(isText)) : [];
  const hashesOf = (inDatabase: boolean) => [
    ...new Set(small.filter((one) => one.inDatabase === inDatabase).map(({ hash }) => hash)),
  ];
  const hashes = hashesOf(true);
  const bytes = new Map(await parts.forks.bytes(access, { runId: run.runId, hashes }));
  for (const hash of blobs === undefined ? [] : hashesOf(false)) {
    const found = blobs && (await readBlob(blobs, hash));
    if (found !== undefined) bytes.set(hash, found);
  }
  return listed.map((artifact) => {
    const { path, nodeId, attempt, mediaType, sizeBytes, hash } = artifact;
    const content = small.includes(artifact) ? bytes.get(hash) : undefined;
    const text = content && textOf(content);
    return {
      ...{ path, attempt, hash, node_id: nodeId, media_type: mediaType, size_bytes: sizeBytes },
      ...(text !== undefined && { text }),
    };
  });
}

function isText({ mediaType }: NamedArtifact): boolean {
  return /^text\/|[/+](json|xml|yaml|x-ndjson|javascript|markdown|toml|csv)\b/.test(mediaType);
}

function fitting(artifacts: readonly NamedArtifact[]): NamedArtifact[] {
  let left: number = BUNDLE_LIMITS.inlineBytesAll;
  return artifacts.filter(({ sizeBytes }) => {
    if (sizeBytes > BUNDLE_LIMITS.inlineBytes || sizeBytes > left) return false;
    left -= sizeBytes;
    return true;
  });
}

/** Undefined for what is no text after all. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function bundleTests({ facts, omitted }: Gathering): BundleTest[] {
  const { tests, truncated } = facts;
  const listed = tests.slice(0, BUNDLE_LIMITS.tests);
  if (tests.length > listed.length || truncated.tests) {
    omitted.push(`Results of tests after the first ${listed.length}.`);
  }
  return listed.map((test) => ({
    test_id: test.testId,
    node_id: test.nodeId,
    ...{ suite: test.suite, classname: test.classname, name: test.name },
    ...{ status: test.status, flaky: test.flaky, quarantined: test.quarantined },
    duration_ms: test.durationMs,
    message: test.message,
  }));
}

/** What was asked, answered, mended and changed by somebody. */
export async function bundleSessions(
  { parts, access, run: { runId } }: Gathering,
  approvals: ApprovalStore,
): Promise<Pick<BundleData, 'approvals' | 'interventions' | 'recoveries' | 'recovery_audits'>> {
  const page = { limit: BUNDLE_LIMITS.sessions, offset: 0 };
  const [asked, interventions, recoveries, audits] = await Promise.all([
    approvals.approvals(access, { runId }, page),
    parts.recoveries.interventions(access, { runId }, page),
    parts.recoveries.recoveries(access, { runId }, page),
    parts.recoveries.audits(access, { runId }, page),
  ]);
  return {
    approvals: asked.items.toReversed().map(approvalView),
    interventions: interventions.items.toReversed().map(interventionView),
    recoveries: recoveries.items.toReversed().map((one) => recoveryView(parts, one)),
    recovery_audits: audits.items.toReversed().map(auditView),
  };
}

/** Whoever may read the audit sees all rows about the run; others what they did themselves. */
export async function bundleAudit(
  { parts, run, omitted }: Gathering,
  caller: Caller,
): Promise<BundleAuditRow[]> {
  const access = auditAccessOf(caller);
  const of = { subject: run.runId, limit: BUNDLE_LIMITS.audit };
  const rows = await parts.forks.sealedRows(access, of);
  if (!access.all) omitted.push('Rows of the audit about what others did: audit:read shows them.');
  return rows.map(({ rowHash, seal, ...row }) => ({
    ...rowView(row),
    row_hash: rowHash,
    seal: seal && { ...seal },
  }));
}
