import type {
  Classification,
  InterventionState,
  Json,
  JsonObject,
  RecoveryAction,
  RecoveryStatus,
  RecoveryTrigger,
  Resolution,
} from '@tenuto/contract';
import type { AuditEntry } from './engine-api.ts';
import type { Access, Page, PageRequest } from './job-store.ts';

/** One recovery, with how it ended once it has. Times in milliseconds since the epoch. */
export interface RecoveryRecord {
  readonly sessionId: string;
  readonly runId: string;
  readonly node: number | null;
  readonly nodeId: string | null;
  readonly trigger: RecoveryTrigger;
  readonly classification: Classification | null;
  readonly errorType: string | null;
  readonly action: RecoveryAction;
  readonly parameters: JsonObject;
  readonly actor: string;
  readonly reason: string | null;
  readonly status: RecoveryStatus;
  readonly stateBefore: string;
  readonly stateAfter: string | null;
  readonly startedAt: number;
  readonly completedAt: number | null;
}

export interface RecoveryAuditRecord {
  readonly auditId: string;
  readonly sessionId: string;
  readonly runId: string;
  readonly event: 'started' | Exclude<RecoveryStatus, 'running'>;
  readonly trigger: RecoveryTrigger;
  readonly classification: Classification | null;
  readonly action: RecoveryAction;
  readonly actor: string;
  readonly stateBefore: string;
  readonly stateAfter: string | null;
  readonly success: boolean | null;
  readonly details: JsonObject;
  readonly at: number;
}

export interface InterventionRecord {
  readonly interventionId: string;
  readonly runId: string;
  readonly owner: string;
  readonly sessionId: string;
  readonly node: number | null;
  readonly nodeId: string | null;
  readonly message: string;
  readonly error: JsonObject | null;
  readonly state: InterventionState;
  readonly assignee: string | null;
  readonly openedAt: number;
  readonly deadlineAt: number | null;
  readonly defaultResolution: Resolution;
  readonly resolution: Resolution | null;
  readonly result: Json;
  readonly resolvedBy: string | null;
  readonly resolvedAt: number | null;
  readonly version: number;
}

/** What is said besides the run picks among the newest 10,000. */
export interface RecoveryFilter {
  readonly runId?: string;
  readonly status?: RecoveryStatus;
  readonly action?: RecoveryAction;
  readonly trigger?: RecoveryTrigger;
}

export interface InterventionFilter {
  readonly runId?: string;
  readonly states?: readonly InterventionState[];
  readonly assignee?: string;
}

interface InterventionChange {
  readonly interventionId: string;
  /** The version that the caller has read; any when absent. */
  readonly version?: number;
  readonly audit: AuditEntry;
}
export interface Assignment extends InterventionChange {
  readonly assignee: string | null;
}
export interface Decision extends InterventionChange {
  readonly resolution: Resolution;
  readonly result?: Json;
  readonly reason?: string;
}
/** `closed`: it was resolved, has expired, or its run was given up. `stale`: see `version`. */
export type InterventionResult = 'changed' | 'closed' | 'stale' | 'missing';

/** How well an action has worked in the newest 10,000 sessions. */
export interface ActionEffectiveness {
  readonly action: RecoveryAction;
  readonly sessions: number;
  readonly succeeded: number;
  /** Sessions that have not ended. */
  readonly running: number;
}

/** What the API asks of the store about recoveries; throws as {@link JobStore} does. */
export interface RecoveryStore {
  recovery(access: Access, sessionId: string): Promise<RecoveryRecord | undefined>;
  /** Newest first. */
  recoveries(
    access: Access,
    filter: RecoveryFilter,
    page: PageRequest<string>,
  ): Promise<Page<RecoveryRecord>>;
  /** Newest first. */
  audits(
    access: Access,
    filter: RecoveryFilter & { readonly sessionId?: string },
    page: PageRequest<string>,
  ): Promise<Page<RecoveryAuditRecord>>;
  effectiveness(access: Access): Promise<readonly ActionEffectiveness[]>;
  intervention(access: Access, id: string): Promise<InterventionRecord | undefined>;
  /** Newest first. */
  interventions(
    access: Access,
    filter: InterventionFilter,
    page: PageRequest<string>,
  ): Promise<Page<InterventionRecord>>;
  assign(access: Access, assignment: Assignment): Promise<InterventionResult>;
  /**
   * Decides, and tells the run by its inbox (`resolve`), in one statement; so does a deadline that
   * passes (see {@link EngineStore.expireInterventions}), and exactly one of the two wins.
   */
  decide(access: Access, decision: Decision): Promise<InterventionResult>;
}
