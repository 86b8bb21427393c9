import Type from 'typebox';
import type { Approval } from './approval.ts';
import type { AuditRow } from './audit.ts';
import type { ComparedRun } from './compare.ts';
import type { Intervention } from './intervention.ts';
import type { SubmitJob } from './job-request.ts';
import type { HistoryEntry } from './job-view.ts';
import type { Attempt, JobNode } from './node-view.ts';
import type { Recovery, RecoveryAudit } from './recovery-view.ts';
import type { RunDetail } from './run-view.ts';
import type { TestStatus } from './vocabulary.ts';

export const BUNDLE_KIND = 'tenuto.run_bundle';
export const BUNDLE_SCHEMA_VERSION = 1;
/** The element of the page that holds the data. */
export const BUNDLE_ELEMENT_ID = 'tenuto-bundle';

/** Whether the bytes of small texts come along. */
export const BUNDLE_ARTIFACTS = ['list', 'inline'] as const;
export const BUNDLE_FORMATS = ['html', 'json'] as const;

/** A node of the plan, as it is drawn. */
export interface BundlePlanNode {
  readonly id: string;
  readonly type: string;
  readonly uses: string | null;
  /** How many nodes stand before it on the longest way to it. */
  readonly level: number;
  /** Index of the group that it stands in, or -1. */
  readonly group: number;
}

export interface BundleLog {
  readonly node_id: string;
  readonly attempt: number;
  readonly at: string;
  readonly stream: string;
  readonly text: string;
}

export interface BundleArtifact {
  readonly path: string;
  readonly node_id: string;
  readonly attempt: number;
  readonly media_type: string;
  readonly size_bytes: number;
  /** SHA-256, in hex. */
  readonly hash: string;
  readonly text?: string;
}

export interface BundleTest {
  readonly test_id: string;
  readonly node_id: string;
  readonly suite: string;
  readonly classname: string;
  readonly name: string;
  readonly status: TestStatus;
  readonly flaky: boolean;
  readonly quarantined: boolean;
  readonly duration_ms: number;
  readonly message: string | null;
}

export interface BundleCost {
  readonly node_id: string;
  readonly cost_usd: number;
  readonly token_usage: ComparedRun['token_usage'];
}

/** A row of the audit with what it was sealed by; null while it is not sealed yet. */
export interface BundleAuditRow extends AuditRow {
  readonly row_hash: string;
  readonly seal: { readonly number: number; readonly hash: string } | null;
}

/** Everything that is known of a run, in one value. */
export interface BundleData {
  readonly kind: typeof BUNDLE_KIND;
  readonly schema_version: typeof BUNDLE_SCHEMA_VERSION;
  readonly created_at: string;
  readonly created_by: string;
  readonly server_version: string;
  readonly run: RunDetail;
  readonly totals: ComparedRun;
  readonly plan: {
    readonly hash: string;
    readonly node_count: number;
    readonly edge_count: number;
    readonly nodes: readonly BundlePlanNode[];
    /** Pairs of places among the nodes, with the label of an edge out of a condition. */
    readonly edges: readonly (readonly [from: number, to: number, label?: string])[];
  };
  /** What makes the run again as a job; null where its plan is too large to come along. */
  readonly rerun: SubmitJob | null;
  readonly nodes: readonly JobNode[];
  readonly attempts: readonly Attempt[];
  readonly history: readonly HistoryEntry[];
  readonly logs: readonly BundleLog[];
  readonly artifacts: readonly BundleArtifact[];
  readonly tests: readonly BundleTest[];
  readonly costs: readonly BundleCost[];
  readonly approvals: readonly Approval[];
  readonly interventions: readonly Intervention[];
  readonly recoveries: readonly Recovery[];
  readonly recovery_audits: readonly RecoveryAudit[];
  readonly audit: readonly BundleAuditRow[];
  /** What was left out or shortened because there is too much of it. */
  readonly omitted: readonly string[];
}

/** The data with what it can be told by that nobody has changed them. */
export interface Bundle extends BundleData {
  readonly integrity: {
    readonly algorithm: 'SHA-256';
    /** Of the canonical JSON of all the rest. */
    readonly hash: string;
  };
}

const anyObject = Type.Record(Type.String(), Type.Unknown());
const anyList = Type.Array(Type.Unknown());
const closed = { additionalProperties: false } as const;
const NONE = {
  nodes: [],
  attempts: [],
  history: [],
  logs: [],
  artifacts: [],
  tests: [],
  costs: [],
};

/** What the parts are is said by the routes that they come from. */
export const BundleSchema = Type.Object(
  {
    kind: Type.Literal(BUNDLE_KIND),
    schema_version: Type.Literal(BUNDLE_SCHEMA_VERSION),
    created_at: Type.String(),
    created_by: Type.String(),
    server_version: Type.String(),
    run: anyObject,
    totals: anyObject,
    plan: anyObject,
    rerun: Type.Union([anyObject, Type.Null()], {
      description: 'The body of a submit that makes the run again; null for too large a plan.',
    }),
    ...{ nodes: anyList, attempts: anyList, history: anyList, logs: anyList, artifacts: anyList },
    ...{ tests: anyList, costs: anyList, approvals: anyList, interventions: anyList },
    ...{ recoveries: anyList, recovery_audits: anyList, audit: anyList },
    omitted: Type.Array(Type.String(), { description: 'What was left out, in sentences.' }),
    integrity: Type.Object(
      {
        algorithm: Type.Literal('SHA-256'),
        hash: Type.String({ description: 'Of the canonical JSON of all the rest.' }),
      },
      closed,
    ),
  },
  {
    ...closed,
    examples: [
      {
        kind: BUNDLE_KIND,
        schema_version: BUNDLE_SCHEMA_VERSION,
        ...{ created_at: '2026-01-15T09:31:00.000Z', created_by: 'ana', server_version: '1.0.0' },
        run: { run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b', status: 'completed' },
        totals: { attempts: 2 },
        plan: { hash: 'a3f5', node_count: 2, edge_count: 1, nodes: [], edges: [] },
        rerun: { job_name: 'nightly checks', dag_definition: { nodes: [] } },
        ...NONE,
        ...{ approvals: [], interventions: [], recoveries: [], recovery_audits: [], audit: [] },
        omitted: ['Lines of logs before the last 1000 of each node.'],
        integrity: { algorithm: 'SHA-256', hash: 'a3f5' },
      },
    ],
  },
);
