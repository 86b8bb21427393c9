import type { BlobStore, EngineStore } from '@tenuto/engine';
import type pg from 'pg';
import { faultOf } from './fault.ts';
import { openLane } from './lane.ts';
import { openPool } from './pool.ts';
import { claimProbe, readCircuits, saveCircuit } from './queries/circuits.ts';
import { claim } from './queries/claim.ts';
import { beat, peers, registerEngine, retire } from './queries/fence.ts';
import { dropOldKeys } from './queries/idempotency.ts';
import { expireInterventions } from './queries/intervention-decide.ts';
import { dropOldDeliveries } from './queries/notice-relay.ts';
import { putBlobs, putLogs } from './queries/outputs.ts';
import {
  outcomes,
  ownedRunIds,
  readInbox,
  readOwned,
  requestCancels,
} from './queries/owned-runs.ts';
import { dropBatches, dropStrays, makePartitions } from './queries/partitions.ts';
import { putPlan, readPlan } from './queries/plans.ts';
import { putArtifacts } from './queries/produced-artifacts.ts';
import { sumUpSamples } from './queries/retry-policy-measures.ts';
import { sumUpTallies } from './queries/run-tallies.ts';
import { takeOver } from './queries/takeover.ts';
import { putTestResults } from './queries/test-results.ts';

/** Connections for what an engine does besides its journal. */
const POOL_SIZE = 4;
/** The server ends a statement after a minute; not even to hear that means the network is gone. */
const SILENCE_MS = 70_000;

export interface OpenEngineStore extends EngineStore {
  close(): Promise<void>;
}

/**
 * The engine's store on PostgreSQL: a pool for its loops, and a connection for each lane.
 * @param blobs where files go that attempts leave; without one, into the database
 */
export function createEngineStore(config: pg.ClientConfig, blobs?: BlobStore): OpenEngineStore {
  const pool = openEnginePool(config, POOL_SIZE);
  // An engine must not lose its lease because large outputs keep all connections busy.
  const pulse = openEnginePool(config, 1);
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw faultOf(error);
    }
  };
  return {
    register: (identity) => guarded(async () => ({ epoch: await registerEngine(pool, identity) })),
    openLane: (key) => guarded(() => openLane(config, key)),
    beat: (engineId, epoch, load) => guarded(() => beat(pulse, { engineId, epoch, load })),
    peers: (engineId) => guarded(() => peers(pool, engineId)),
    takeOver: (engineId, seenBeat) => guarded(() => takeOver(pool, engineId, seenBeat)),
    retire: (engineId, epoch) => guarded(() => retire(pool, engineId, epoch)),
    claim: (by) => guarded(() => claim(pool, by)),
    readOwned: (engineId, runIds) => guarded(() => readOwned(pool, engineId, runIds)),
    ownedRunIds: (engineId) => guarded(() => ownedRunIds(pool, engineId)),
    inbox: (engineId) => guarded(() => readInbox(pool, engineId)),
    outcomes: (runIds) => guarded(() => outcomes(pool, runIds)),
    circuits: (keys) => guarded(() => readCircuits(pool, keys)),
    saveCircuit: (change) => guarded(() => saveCircuit(pool, change)),
    claimProbe: (wanted) => guarded(() => claimProbe(pool, wanted)),
    expireInterventions: () => guarded(() => expireInterventions(pool)),
    requestCancel: (runIds, reason) => guarded(() => requestCancels(pool, runIds, reason)),
    plan: (hash) => guarded(() => readPlan(pool, hash)),
    putPlan: (hash, document, count) => guarded(() => putPlan(pool, hash, document, count)),
    putBlobs: (blobs) => guarded(() => putBlobs(pool, blobs)),
    putArtifacts: (rows) => guarded(() => putArtifacts(pool, rows, blobs)),
    putLogs: (rows) => guarded(() => putLogs(pool, rows)),
    putTestResults: (results) => guarded(() => putTestResults(pool, results)),
    maintain: () =>
      guarded(async () => {
        await makePartitions(pool);
        await dropBatches(pool);
        await dropStrays(pool);
        await dropOldKeys(pool);
        await sumUpSamples(pool);
        await sumUpTallies(pool);
        await dropOldDeliveries(pool);
      }),
    databaseTime: () => guarded(() => databaseTime(pulse)),
    async close() {
      await Promise.all([pool.end(), pulse.end()]);
    },
  };
}

function openEnginePool(config: pg.ClientConfig, max: number): pg.Pool {
  return openPool({
    ...config,
    max,
    application_name: 'tenuto-engine',
    options: '-c statement_timeout=60s -c idle_in_transaction_session_timeout=30s -c jit=off',
    connectionTimeoutMillis: 10_000,
    query_timeout: SILENCE_MS,
  });
}

async function databaseTime(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the database has no time');
  return row.now;
}
