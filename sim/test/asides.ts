/** Rows of recoveries, as flushes bring them. */
import type { Aside } from '@tenuto/engine';
import { uuid } from '../src/workload/uuid.ts';
import { DAY_MS, type Universe } from './operation.ts';

type Draw = (universe: Universe, runId: string) => Aside;

const DRAWS: readonly Draw[] = [
  recovery,
  audit,
  audit,
  intervention,
  intervention,
  closed,
  effect,
  effect,
  effectEnded,
];

/** A row of one kind: a statement changes no row twice. */
export function drawAside(universe: Universe, runId: string): Aside {
  return universe.dice.pick(DRAWS)(universe, runId);
}

const iso = (ms: number) => new Date(ms).toISOString();

/** One that is there, or a new one. */
function sessionIn({ dice, tables }: Universe): string {
  return dice.pick([...tables.recoveries.keys(), uuid(dice), uuid(dice)]);
}

function recovery(universe: Universe, runId: string): Aside {
  const { now } = universe;
  const row = {
    ...{ session_id: sessionIn(universe), run_id: runId, owner: 'ada', trigger: 'failure' },
    ...{ classification: 'transient', action: 'retry_job', actor: 'policy', node: 0 },
    ...{ node_id: 'n', error_type: 'x', parameters: {}, reason: null, state_before: 'running' },
    started_at: iso(now),
  };
  return { kind: 'recovery', row };
}

function audit(universe: Universe, runId: string): Aside {
  const { dice, now } = universe;
  const event = dice.pick(['started', 'completed', 'failed']);
  const row = {
    ...{ audit_id: uuid(dice), session_id: sessionIn(universe), run_id: runId, owner: 'ada' },
    ...{ event, trigger: 'failure', classification: null, action: 'retry_job', actor: 'policy' },
    ...{ state_before: 'running', state_after: event === 'started' ? null : 'running' },
    ...{ success: event === 'started' ? null : event === 'completed', details: {}, at: iso(now) },
  };
  return { kind: 'recovery_audit', row };
}

function intervention({ dice, now }: Universe, runId: string): Aside {
  const deadlineAt = dice.pick([null, iso(now - 1_000), iso(now + DAY_MS)]);
  const row = {
    ...{ intervention_id: uuid(dice), run_id: runId, owner: 'ada', session_id: uuid(dice) },
    ...{ node: 0, node_id: 'n', message: 'what now?', error: null, assignee: null },
    ...{ state: dice.pick(['open', 'assigned', 'cancelled']), opened_at: iso(now) },
    ...{ deadline_at: deadlineAt, default_resolution: dice.pick(['retry', 'skip', 'abort']) },
  };
  return { kind: 'intervention', row };
}

function closed({ dice, tables, now }: Universe): Aside {
  const id = dice.pick([...tables.interventions.keys(), uuid(dice)]);
  return { kind: 'intervention_closed', row: { intervention_id: id, at: iso(now) } };
}

function placeOf({ dice }: Universe, runId: string) {
  return { run_id: runId, node: dice.int(0, 2), attempt: dice.int(1, 3) };
}

function effect(universe: Universe, runId: string): Aside {
  const { dice, now } = universe;
  const named = { key: `k${dice.int(0, 9)}`, action: 'http', target: 'there' };
  return {
    kind: 'effect',
    row: { ...placeOf(universe, runId), ...named, intended_at: iso(now) },
  };
}

function effectEnded(universe: Universe, runId: string): Aside {
  const { dice, now } = universe;
  const outcome = dice.pick(['completed', 'failed']);
  return {
    kind: 'effect_ended',
    row: { ...placeOf(universe, runId), outcome, ended_at: iso(now) },
  };
}
