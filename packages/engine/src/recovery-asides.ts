/** What is written down about recoveries beside the journal: sessions, audit rows, interventions. */
import type { JsonObject } from '@tenuto/contract';
import type { Owned } from './owned.ts';
import type { Aside } from './ports/store.ts';
import {
  type Effect,
  effectKey,
  idOf,
  type OpenSession,
  type RecoveryStep,
  RUN,
  usesOf,
} from './run/index.ts';

interface Moment {
  /** Milliseconds since the epoch. */
  readonly at: number;
  newId(): string;
}

type Ended = Extract<Effect, { type: 'recoveryEnded' }>;

/** The rows that the effects of an event come to; undefined when there are none, as nearly always. */
export function asidesOf(
  owned: Owned,
  effects: readonly Effect[],
  moment: Moment,
): Aside[] | undefined {
  let asides: Aside[] | undefined;
  for (const effect of effects) {
    const rows = rowsOf(owned, effect, moment);
    if (rows.length > 0) asides = [...(asides ?? []), ...rows];
  }
  return asides;
}

function rowsOf(owned: Owned, effect: Effect, moment: Moment): Aside[] {
  switch (effect.type) {
    case 'recoveryBegan':
      return beganRows(owned, effect, moment);
    case 'recoveryEnded':
      return [endedRow(owned, effect, moment)];
    case 'ask':
      return [askedRow(owned, effect, moment)];
    case 'unask':
      return [
        {
          kind: 'intervention_closed',
          row: { intervention_id: effect.intervention, at: timeOf(moment.at) },
        },
      ];
    default:
      return [];
  }
}

/** A recovery that is over as soon as it is known: attempts were lost, and are made again. */
export function lostRows(owned: Owned, session: OpenSession, moment: Moment): Aside[] {
  const after = owned.run.status;
  const ended = { type: 'recoveryEnded', node: RUN, session, outcome: 'completed', after } as const;
  return [...beganRows(owned, { node: RUN, session }, moment), endedRow(owned, ended, moment)];
}

function beganRows(
  owned: Owned,
  { node, session }: { readonly node: number; readonly session: OpenSession },
  moment: Moment,
): Aside[] {
  const { step, before } = session;
  return [
    {
      kind: 'recovery',
      row: {
        ...aboutOf(owned, node, step),
        ...placeOf(owned, node),
        error_type: node === RUN ? null : (owned.run.errors.get(node)?.type ?? null),
        parameters: parametersOf(step),
        reason: step.reason ?? null,
        state_before: before,
        started_at: timeOf(moment.at),
      },
    },
    {
      kind: 'recovery_audit',
      row: {
        ...aboutOf(owned, node, step),
        audit_id: moment.newId(),
        event: 'started',
        state_before: before,
        state_after: null,
        success: null,
        details: detailsOf(owned, node, step),
        at: timeOf(moment.at),
      },
    },
  ];
}

function endedRow(owned: Owned, ended: Ended, moment: Moment): Aside {
  const { node, session, outcome, after, remaining } = ended;
  const left = remaining?.map((other) => idOf(owned.run, other));
  return {
    kind: 'recovery_audit',
    row: {
      ...aboutOf(owned, node, session.step),
      audit_id: moment.newId(),
      event: outcome,
      state_before: session.before,
      state_after: after,
      success: outcome === 'completed',
      details: {
        ...detailsOf(owned, node, session.step),
        ...(left !== undefined && { remaining: left }),
      },
      at: timeOf(moment.at),
    },
  };
}

function askedRow(
  owned: Owned,
  { node, step }: Extract<Effect, { type: 'ask' }>,
  moment: Moment,
): Aside {
  const error = owned.run.errors.get(node);
  const { assignee, message } = step.with;
  return {
    kind: 'intervention',
    row: {
      ...placeOf(owned, node),
      intervention_id: step.intervention ?? '',
      run_id: owned.id.text,
      owner: owned.run.facts.owner,
      session_id: step.session,
      message: message ?? error?.message ?? step.reason ?? 'The run needs a decision.',
      error: error === undefined ? null : { ...error },
      state: assignee === undefined ? 'open' : 'assigned',
      assignee: assignee ?? null,
      opened_at: timeOf(moment.at),
      deadline_at: step.deadlineAt === undefined ? null : timeOf(step.deadlineAt),
      default_resolution: step.with.default ?? 'abort',
    },
  };
}

/** The ledger's row for an effect: the intent, before it may happen. */
export function intentRow(
  owned: Owned,
  effect: {
    readonly node: number;
    readonly attempt: number;
    readonly target: string;
    readonly at: number;
  },
): Aside {
  const { run } = owned;
  const { node, attempt, target, at } = effect;
  return {
    kind: 'effect',
    row: {
      run_id: owned.id.text,
      node,
      attempt,
      key: effectKey(run, node, idOf(run, node)),
      action: usesOf(run, node) ?? '',
      target,
      intended_at: timeOf(at),
    },
  };
}

/** The same row's outcome, once it is known. */
export function outcomeRow(
  owned: Owned,
  effect: {
    readonly node: number;
    readonly attempt: number;
    readonly outcome: string;
    readonly at: number;
  },
): Aside {
  const { node, attempt, outcome, at } = effect;
  return {
    kind: 'effect_ended',
    row: { run_id: owned.id.text, node, attempt, outcome, ended_at: timeOf(at) },
  };
}

function aboutOf(owned: Owned, node: number, step: RecoveryStep): JsonObject {
  return {
    session_id: step.session,
    run_id: owned.id.text,
    owner: owned.run.facts.owner,
    trigger: step.trigger,
    classification:
      step.classification ??
      (node === RUN ? null : (owned.run.errors.get(node)?.classification ?? null)),
    action: step.action,
    actor: step.actor,
  };
}

function placeOf(owned: Owned, node: number): JsonObject {
  return node === RUN ? { node: null, node_id: null } : { node, node_id: idOf(owned.run, node) };
}

function detailsOf(owned: Owned, node: number, step: RecoveryStep): JsonObject {
  return {
    ...(node !== RUN && { node_id: idOf(owned.run, node) }),
    ...(step.reason !== undefined && { reason: step.reason }),
    parameters: parametersOf(step),
  };
}

/** Parameters came in as JSON. */
function parametersOf(step: RecoveryStep): JsonObject {
  return step.with as JsonObject;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
