/** Circuits as engines share them: read in passing, written by compare-and-set, never locked. */
import type { CircuitKey, CircuitRow, CircuitVerbs } from '@tenuto/engine';
import type pg from 'pg';
import { CIRCUIT_COLUMNS, circuitRow, type StoredCircuit } from './circuit-row.ts';
import { noticePart } from './notices.ts';

type Queryable = Pick<pg.Pool, 'query'>;

export async function readCircuits(
  db: Queryable,
  keys: readonly CircuitKey[],
): Promise<CircuitRow[]> {
  const { rows } = await db.query<StoredCircuit>(
    `select ${CIRCUIT_COLUMNS} from unnest($1::text[], $2::text[]) t(owner, key)
     join circuits c on c.owner = t.owner and c.key = t.key`,
    [keys.map(({ owner }) => owner), keys.map(({ key }) => key)],
  );
  return rows.map(circuitRow);
}

/** That a circuit opens is told to whoever wants to hear of it; that it stays open is not. */
const OPENED = noticePart({
  changed: 'saved c',
  event: "(case when c.state = 'open' and c.was <> 'open' then 'circuit.opened' end)",
  owner: 'c.owner',
  payload: `jsonb_strip_nulls(jsonb_build_object('circuit', c.key, 'failures', c.failures,
    'open_until', c.open_until))`,
});

/** Writes a circuit at the version that was read, and gives the slot of a probe back. */
export async function saveCircuit(
  db: Queryable,
  { row, settings }: Parameters<CircuitVerbs['saveCircuit']>[0],
): Promise<CircuitRow | undefined> {
  const { owner, key, version, circuit } = row;
  const { state, failures, successes, openUntil, slices } = circuit;
  const until = openUntil === undefined ? null : openUntil / 1_000;
  const values = [owner, key, state, failures, successes, until, JSON.stringify(slices)];
  const text =
    version === 0
      ? `insert into circuits as c (owner, key, state, failures, successes, open_until, slices,
           settings, version)
         values ($1, $2, $3, $4, $5, to_timestamp($6), $7, $8, 1)
         on conflict do nothing returning c.*, 'closed' as was`
      : `update circuits c set state = $3, failures = $4, successes = $5,
           open_until = to_timestamp($6), slices = $7, settings = $8, version = c.version + 1,
           probe_by = null, probe_until = null, reason = null, changed_by = null,
           updated_at = clock_timestamp()
         from (select o.state as was from circuits o where o.owner = $1 and o.key = $2) b
         where c.owner = $1 and c.key = $2 and c.version = $9 returning c.*, b.was`;
  const given = [...values, JSON.stringify(settings), ...(version === 0 ? [] : [version])];
  const { rows } = await db.query<StoredCircuit>(
    `with saved as (${text}), noticed as (${OPENED})
     select ${CIRCUIT_COLUMNS} from saved c`,
    given,
  );
  return rows[0] && circuitRow(rows[0]);
}

/** Makes an open circuit half open for whoever takes the slot of its probe. */
export async function claimProbe(
  db: Queryable,
  { of, engineId, leaseMs }: Parameters<CircuitVerbs['claimProbe']>[0],
): Promise<CircuitRow | undefined> {
  const { rows } = await db.query<StoredCircuit>(
    `update circuits c set state = 'half_open',
       successes = case when c.state = 'open' then 0 else c.successes end,
       probe_by = $3, probe_until = clock_timestamp() + $4 * interval '1 millisecond',
       open_until = null, version = c.version + 1, updated_at = clock_timestamp()
     where c.owner = $1 and c.key = $2 and (
       (c.state = 'open' and c.open_until <= clock_timestamp())
       or (c.state = 'half_open'
         and (c.probe_until is null or c.probe_until <= clock_timestamp())))
     returning ${CIRCUIT_COLUMNS}`,
    [of.owner, of.key, engineId, leaseMs],
  );
  return rows[0] && circuitRow(rows[0]);
}
