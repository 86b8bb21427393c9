import type { Resolution } from '@tenuto/contract';
import type {
  Access,
  AuditEntry,
  CancelResult,
  HoldResult,
  InterventionResult,
  ReopenResult,
  TellResult,
} from '@tenuto/engine';
import { ACTOR, cancel, decide, type Message, tell } from './inbox.ts';
import type { Link } from './link.ts';
import { type Hold, hold, type Reopening, reopen } from './standing.ts';
import { ownerKey, type Tables } from './tables.ts';
import { onBoth, type RealStores, type Twin } from './twin.ts';

/** What the API asks of the store, as far as clients of a simulation ask for it. */
export interface ModelApi {
  /** Whom an idempotency key belongs to. */
  findRun(owner: string, key: string): Promise<string | undefined>;
  cancel(message: Message<'cancel'>): Promise<CancelResult>;
  tell(message: Message): Promise<TellResult>;
  hold(hold: Hold): Promise<HoldResult>;
  reopen(reopening: Reopening): Promise<ReopenResult>;
  decide(id: string, resolution: Resolution): Promise<InterventionResult>;
  /** Whether nothing is left in the run's inbox. */
  heard(runId: string): Promise<boolean>;
}

export interface ModelApiOptions {
  /** Database time in milliseconds since the epoch. */
  now(): number;
  readonly twin?: Twin | undefined;
}

const ALL: Access = { owner: ACTOR, all: true };

export function createModelApi(
  tables: Tables,
  link: Link,
  { now, twin }: ModelApiOptions,
): ModelApi {
  const ask = <T>(
    verb: string,
    model: () => T,
    real: (api: ModelApi) => Promise<T>,
    message?: Message,
  ) =>
    link.call(
      { verb, ...(message !== undefined && { message }) },
      onBoth(twin, verb, model, (stores) => real(createRealApi(stores))),
    );
  return {
    findRun: (owner, key) =>
      ask(
        'find',
        () => tables.keys.get(ownerKey(owner, key)),
        (api) => api.findRun(owner, key),
      ),
    cancel: (message) =>
      ask(
        'cancel',
        () => cancel(tables, message, now()),
        (api) => api.cancel(message),
      ),
    tell: (message) =>
      ask(
        'tell',
        () => tell(tables, message, now()),
        (api) => api.tell(message),
        message,
      ),
    hold: (wanted) =>
      ask(
        'hold',
        () => hold(tables, wanted, now()),
        (api) => api.hold(wanted),
      ),
    reopen: (reopening) =>
      ask(
        'reopen',
        () => reopen(tables, reopening, now()),
        (api) => api.reopen(reopening),
        reopening,
      ),
    decide: (id, resolution) =>
      ask<InterventionResult>(
        'decide',
        () => decide(tables, { id, resolution }, now()),
        (api) => api.decide(id, resolution),
      ),
    heard: (runId) =>
      ask(
        'heard',
        () => (tables.rows.get(runId)?.inbox.size ?? 0) === 0,
        (api) => api.heard(runId),
      ),
  };
}

/** The same asked of PostgreSQL. */
export function createRealApi({
  jobs,
  recoveries,
}: Pick<RealStores, 'jobs' | 'recoveries'>): ModelApi {
  return {
    findRun: async (owner, key) => (await jobs.submission(owner, key))?.runId,
    cancel: (message) =>
      jobs.cancel(ALL, { ...message, mode: message.body.mode, audit: auditOf(message.runId) }),
    tell: (message) => jobs.tell(ALL, { ...message, audit: auditOf(message.runId) }),
    hold: (wanted) => jobs.hold(ALL, { ...wanted, audit: auditOf(wanted.runId) }),
    reopen: (reopening) => jobs.reopen(ALL, { ...reopening, audit: auditOf(reopening.runId) }),
    decide: (id, resolution) =>
      recoveries.decide(ALL, { interventionId: id, resolution, audit: auditOf(id) }),
    heard: (runId) => jobs.heard(ALL, runId),
  };
}

function auditOf(subject: string): AuditEntry {
  return { actor: ACTOR, action: 'sim.changed', subject, details: {} };
}
