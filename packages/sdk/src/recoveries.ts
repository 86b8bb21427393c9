import type {
  Effectiveness,
  Intervention,
  Recovery,
  RecoveryAudit,
  ResolveIntervention,
} from '@tenuto/contract';
import { type AskOptions, type ChangeOptions, createAsker } from './asking.ts';
import type { PageQuery } from './jobs.ts';
import type { Listing } from './listing.ts';
import { type CallOptions, createReader, segment } from './reading.ts';
import {
  effectivenessShape,
  interventionShape,
  recoveryAuditShape,
  recoveryShape,
} from './recovery-shapes.ts';
import type { TransportOptions } from './transport.ts';

export interface RecoveryQuery extends PageQuery {
  readonly job_id?: string;
  readonly status?: string;
  readonly action?: string;
  readonly trigger?: string;
}
export interface RecoveryAuditQuery extends RecoveryQuery {
  readonly session_id?: string;
}

/** What was done about failures. Every function throws as `createClient` says. */
export interface Recoveries {
  get(sessionId: string, options?: CallOptions): Promise<Recovery>;
  /** Newest first. */
  list(query?: RecoveryQuery, options?: CallOptions): Listing<Recovery>;
  /** Gives a recovery up, and its job with it. */
  cancel(sessionId: string, options?: AskOptions): Promise<Recovery>;
  /** Newest first. */
  audits(query?: RecoveryAuditQuery, options?: CallOptions): Listing<RecoveryAudit>;
  /** How well each action has worked lately. */
  effectiveness(options?: CallOptions): Promise<Effectiveness>;
}

export interface InterventionQuery extends PageQuery {
  readonly job_id?: string;
  readonly state?: readonly string[];
  readonly assignee?: string;
}

/** What waits for a decision. Every function throws as `createClient` says. */
export interface Interventions {
  get(id: string, options?: CallOptions): Promise<Intervention>;
  /** Newest first. */
  list(query?: InterventionQuery, options?: CallOptions): Listing<Intervention>;
  /** Names who is to decide; null gives it back. */
  assign(id: string, assignee: string | null, options?: ChangeOptions): Promise<Intervention>;
  /** Decides; the job goes on by that. */
  resolve(id: string, body: ResolveIntervention, options?: ChangeOptions): Promise<Intervention>;
}

const ROOT = '/orchestration';

export function createRecoveries(transport: TransportOptions): Recoveries {
  const { read, list } = createReader(transport);
  const change = createAsker(transport);
  const one = (sessionId: string) => `${ROOT}/recoveries/${segment(sessionId)}`;
  return {
    get: (sessionId, options) => read(one(sessionId), recoveryShape, {}, options),
    list: (query, options) => list(`${ROOT}/recoveries`, recoveryShape, { ...query }, options),
    cancel: (sessionId, options) =>
      change(`${one(sessionId)}/cancel`, recoveryShape, { repeatable: false, options }),
    audits: (query, options) =>
      list(`${ROOT}/recovery-audits`, recoveryAuditShape, { ...query }, options),
    effectiveness: (options) =>
      read(`${ROOT}/recoveries/effectiveness`, effectivenessShape, {}, options),
  };
}

export function createInterventions(transport: TransportOptions): Interventions {
  const { read, list } = createReader(transport);
  const change = createAsker(transport);
  const all = `${ROOT}/interventions`;
  const one = (id: string) => `${all}/${segment(id)}`;
  return {
    get: (id, options) => read(one(id), interventionShape, {}, options),
    list: (query, options) => list(all, interventionShape, { ...query }, options),
    assign: (id, assignee, options) =>
      change(`${one(id)}/assign`, interventionShape, {
        ...{ body: { assignee }, repeatable: options?.version === undefined, options },
      }),
    resolve: (id, body, options) =>
      change(`${one(id)}/resolve`, interventionShape, { body, repeatable: false, options }),
  };
}
