/** The rows that flushes write to the tables of recoveries. */
import type { JsonObject, Resolution } from '@tenuto/contract';
import { type Aside, StoreFault } from '@tenuto/engine';
import type { Tables } from './tables.ts';

/** @throws StoreFault `rejected` when a row is there already */
export function checkAsides(tables: Tables, asides: readonly Aside[]): void {
  const seen = new Set<string>();
  for (const { kind, row } of asides) {
    const keys = keysOf(kind, row);
    for (const key of keys) {
      if (seen.has(key) || tables.recoveryKeys.has(key)) {
        throw new StoreFault('rejected', `duplicate key in ${kind}: ${key}`);
      }
      seen.add(key);
    }
  }
}

/** What the unique indexes hold of a row. */
function keysOf(kind: Aside['kind'], row: JsonObject): string[] {
  switch (kind) {
    case 'recovery':
      return [`session ${row.session_id}`];
    case 'recovery_audit': {
      const half = row.event === 'started' ? 'started' : 'ended';
      return [`audit ${row.audit_id}`, `audit of ${row.session_id} ${half}`];
    }
    case 'intervention':
      return [`intervention ${row.intervention_id}`];
    default:
      return [];
  }
}

export function writeAsides(tables: Tables, asides: readonly Aside[]): void {
  for (const { kind, row } of asides) {
    for (const key of keysOf(kind, row)) tables.recoveryKeys.add(key);
    write(tables, kind, row);
  }
}

function write(tables: Tables, kind: Aside['kind'], row: JsonObject): void {
  switch (kind) {
    case 'recovery':
      tables.recoveries.set(String(row.session_id), row);
      break;
    case 'recovery_audit':
      tables.recoveryAudits.push(row);
      break;
    case 'intervention':
      openIntervention(tables, row);
      break;
    case 'intervention_closed': {
      const asked = tables.interventions.get(String(row.intervention_id));
      if (asked?.state !== 'open' && asked?.state !== 'assigned') break;
      asked.state = 'cancelled';
      asked.version += 1;
      break;
    }
    case 'effect':
      // An intent that came to nothing, because its engine went down before, is made again.
      if (tables.effects.get(effectKey(row))?.outcome === undefined) {
        tables.effects.set(effectKey(row), row);
      }
      break;
    case 'effect_ended': {
      const intent = tables.effects.get(effectKey(row));
      if (intent !== undefined) tables.effects.set(effectKey(row), { ...intent, ...row });
      break;
    }
  }
}

function openIntervention(tables: Tables, row: JsonObject): void {
  const id = String(row.intervention_id);
  const { state } = row;
  tables.interventions.set(id, {
    id,
    runId: String(row.run_id),
    deadlineAt: typeof row.deadline_at === 'string' ? Date.parse(row.deadline_at) : undefined,
    defaultResolution: row.default_resolution as Resolution,
    state: state === 'assigned' || state === 'cancelled' ? state : 'open',
    resolution: undefined,
    resolvedBy: undefined,
    version: 1,
  });
}

const effectKey = ({ run_id: runId, node, attempt }: JsonObject) => `${runId}/${node}/${attempt}`;
