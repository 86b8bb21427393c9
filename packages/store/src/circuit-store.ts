import type { Access, CircuitRecord, CircuitSettings, CircuitStore } from '@tenuto/engine';
import { auditPart } from './queries/audit.ts';
import { CIRCUIT_COLUMNS, circuitRow, type StoredCircuit } from './queries/circuit-row.ts';
import { ask, type Database, parameters } from './queries/database.ts';
import { pageOf } from './queries/page.ts';
import { reachable } from './queries/run-row.ts';

interface Row extends StoredCircuit {
  readonly settings: CircuitSettings;
  readonly reason: string | null;
  readonly changed_by: string | null;
  readonly probing: boolean;
  readonly updated_at: Date;
}

const COLUMNS = `${CIRCUIT_COLUMNS}, c.settings, c.reason, c.changed_by, c.updated_at,
  coalesce(c.probe_until > clock_timestamp(), false) as probing`;

/** What a circuit gets that is tripped before anything has used it. */
const SETTINGS: CircuitSettings = {
  ...{ failureThreshold: 5, successThreshold: 3, timeoutMs: 30_000 },
  ...{ windowMs: 60_000, minimumCalls: 10 },
};

/** Circuits as the API sees them: those of one's own, and for administrators everybody's. */
export function createCircuitStore(db: Database): CircuitStore {
  return {
    async circuit(access, key) {
      const given = parameters();
      const where = `c.key = ${given.add(key)} and ${reachable(access, given, 'c')}`;
      const own = given.add(access.owner);
      const [row] = await ask<Row>(
        db,
        `select ${COLUMNS} from circuits c where ${where} order by c.owner = ${own} desc limit 1`,
        given.values,
      );
      return row && recordOf(row);
    },
    list(access, { state, keyPrefix }, page) {
      const given = parameters();
      const where = [reachable(access, given, 'c')];
      if (state !== undefined) where.push(`c.state = ${given.add(state)}`);
      if (keyPrefix !== undefined) where.push(`starts_with(c.key, ${given.add(keyPrefix)})`);
      return pageOf<Row, CircuitRecord>(db, {
        columns: COLUMNS,
        from: 'circuits c',
        where,
        key: ['c.key', 'c.owner'],
        after: page.after?.split('\0'),
        page,
        given,
        item: recordOf,
      });
    },
    trip: (access, change) => trip(db, access, change),
    reset: (access, change) => reset(db, access, change),
  };
}

async function trip(
  db: Database,
  access: Access,
  { key, openUntil, reason, audit }: Parameters<CircuitStore['trip']>[1],
): Promise<CircuitRecord> {
  const given = parameters();
  const [row] = await ask<Row>(
    db,
    `with tripped as (
       insert into circuits as c (owner, key, state, failures, successes, open_until, slices,
         settings, version, reason, changed_by)
       values (${given.add(access.owner)}, ${given.add(key)}, 'open', 0, 0,
         to_timestamp(${given.add(openUntil / 1_000)}), '[]',
         ${given.add(JSON.stringify(SETTINGS))}, 1, ${given.add(reason ?? null)},
         ${given.add(audit.actor)})
       on conflict (owner, key) do update set state = 'open', failures = 0, successes = 0,
         open_until = excluded.open_until, slices = '[]', version = c.version + 1,
         probe_by = null, probe_until = null, reason = excluded.reason,
         changed_by = excluded.changed_by, updated_at = clock_timestamp()
       returning ${COLUMNS}),
     audited as (${auditPart(audit, 'tripped', given)})
     select * from tripped`,
    given.values,
  );
  if (row === undefined) throw new Error('a circuit that was tripped has no row');
  return recordOf(row);
}

async function reset(
  db: Database,
  access: Access,
  { key, reason, audit }: Parameters<CircuitStore['reset']>[1],
): Promise<CircuitRecord | undefined> {
  const given = parameters();
  const wanted = `o.key = ${given.add(key)} and ${reachable(access, given, 'o')}`;
  // Of several circuits that are reached under one key it is the one that is shown.
  const which = `select o.owner, o.key from circuits o where ${wanted}
    order by o.owner = ${given.add(access.owner)} desc limit 1`;
  const [row] = await ask<Row>(
    db,
    `with reset as (
       update circuits c set state = 'closed', failures = 0, successes = 0, open_until = null,
         slices = '[]', version = c.version + 1, probe_by = null, probe_until = null,
         reason = ${given.add(reason ?? null)}, changed_by = ${given.add(audit.actor)},
         updated_at = clock_timestamp()
       where (c.owner, c.key) = (${which})
       returning ${COLUMNS}),
     audited as (${auditPart(audit, 'reset', given)})
     select * from reset`,
    given.values,
  );
  return row && recordOf(row);
}

function recordOf(row: Row): CircuitRecord {
  return {
    ...circuitRow(row),
    settings: row.settings,
    reason: row.reason,
    changedBy: row.changed_by,
    probing: row.probing,
    updatedAt: row.updated_at.getTime(),
  };
}
