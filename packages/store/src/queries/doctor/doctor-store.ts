import {
  type BlobStore,
  type CheckFindings,
  type DoctorCheck,
  type DoctorStore,
  EVIDENCE_TOLD,
  type Evidence,
  type ExaminationRequest,
  type RunVisitor,
} from '@tenuto/engine';
import type pg from 'pg';
import { asked, parameters } from '../database.ts';
import { findPlan } from '../plans.ts';
import type { Check, Scope } from './check.ts';
import { visitRuns } from './examined-runs.ts';
import { MISSING_BYTES, missingBytes } from './missing-bytes.ts';
import { CHECKS } from './registry.ts';
import { sampleRuns } from './sample.ts';

/** What is found beyond this is not counted. */
const COUNTED = 10_000;
/** Rows looked at where a check reads the newest of a table: so many for each run of the sample. */
const ROWS_A_RUN = 4;

/**
 * The store as the doctor sees it.
 *
 * @param pool connections that no request waits for: an examination holds one for its time
 * @param plans where plans are read meanwhile; they never change, so not in the snapshot
 * @param blobs where bytes of artifacts are looked for
 */
export function createDoctorStore(
  pool: Pick<pg.Pool, 'connect'>,
  plans: Pick<pg.Pool, 'query'>,
  blobs?: Pick<BlobStore, 'size'>,
): DoctorStore {
  return {
    checks: [...CHECKS.map(described), MISSING_BYTES],
    examine: (request, visitor) => asked(() => inSnapshot({ pool, blobs }, request, visitor)),
    plan: (hash) => asked(() => findPlan(plans, hash)),
    async repair(names, by) {
      const repaired: { check: string; count: number }[] = [];
      for (const { name, repair } of CHECKS.filter((check) => names.includes(check.name))) {
        if (repair === undefined) continue;
        const task = { check: name, does: repair.does, by };
        repaired.push({ check: name, count: await asked(() => repair.run(pool, task)) });
      }
      return repaired;
    },
  };
}

function described({ find: _, repair, ...check }: Check): DoctorCheck {
  return { ...check, ...(repair !== undefined && { repair: repair.does }) };
}

async function inSnapshot(
  {
    pool,
    blobs,
  }: {
    readonly pool: Pick<pg.Pool, 'connect'>;
    readonly blobs: Pick<BlobStore, 'size'> | undefined;
  },
  request: ExaminationRequest,
  visitor: RunVisitor | undefined,
) {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const sample = await sampleRuns(client, request);
    const scope = { runIds: sample.runIds, rows: request.runs * ROWS_A_RUN };
    const findings: CheckFindings[] = [];
    for (const name of request.checks) {
      const check = CHECKS.find((each) => each.name === name);
      if (check !== undefined) findings.push(await findingsOf(client, check, scope));
    }
    if (request.checks.includes(MISSING_BYTES.name)) {
      findings.push(await missingBytes(client, sample.runIds, { blobs, told: EVIDENCE_TOLD }));
    }
    if (visitor !== undefined) await visitRuns(client, sample, visitor);
    await client.query('commit');
    const { liveRuns, overRuns, leftOut } = sample;
    return { sample: { liveRuns, overRuns, leftOut }, findings };
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function findingsOf(
  client: Pick<pg.ClientBase, 'query'>,
  check: Check,
  { runIds, rows: most }: { readonly runIds: readonly string[]; readonly rows: number },
): Promise<CheckFindings> {
  const given = parameters();
  const scope: Scope = {
    sample: () => `unnest(${given.add(runIds)}::uuid[]) t(run_id)`,
    rows: () => `${given.add(most)}::int`,
  };
  const { rows } = await client.query<{ count: number; evidence: Evidence[] | null }>(
    `with found as materialized (select * from (${check.find(scope)}) f limit ${COUNTED + 1})
     select (select count(*)::int from found) as count,
       (select json_agg(e) from (
         select subject, detail from found order by subject limit ${EVIDENCE_TOLD}) e) as evidence`,
    given.values,
  );
  const { count = 0, evidence } = rows[0] ?? {};
  return {
    check: check.name,
    count: Math.min(count, COUNTED),
    more: count > COUNTED,
    evidence: evidence ?? [],
  };
}
