import type { Batch, FlushResult, Lane } from '@tenuto/engine';
import { failpoint, StoreFault } from '@tenuto/engine';
import pg from 'pg';
import { faultOf, isAnswer } from './fault.ts';
import { type FlushQuery, type FlushRow, flushQuery, type LaneKey } from './queries/flush.ts';
import { uncount } from './queries/flush-tallies.ts';
import { resolveResend } from './queries/resend.ts';

/**
 * The flush has one good plan: nested loops over the batch's rows into indexes. Planned once, and
 * never to be talked out of it by statistics. A statement that waits for a lock gives up soon: it
 * is sent again.
 */
export const LANE_OPTIONS = [
  'plan_cache_mode=force_generic_plan',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'enable_seqscan=off',
  'jit=off',
  'lock_timeout=250ms',
  'statement_timeout=30s',
  'idle_in_transaction_session_timeout=10s',
  'default_transaction_isolation=read\\ committed',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');
/**
 * The server ends a statement before that; when not even this is heard, the network swallows it.
 */
const SILENCE_MS = 40_000;

/** Opens the connection of a lane; it reconnects by itself at the next flush after a loss. */
export async function openLane(config: pg.ClientConfig, key: LaneKey): Promise<Lane> {
  let client: pg.Client | undefined = await connect(config);
  let closed = false;

  async function connected(): Promise<pg.Client> {
    if (closed) throw new StoreFault('unavailable', 'The lane is closed.');
    if (client !== undefined) return client;
    const fresh = await connect(config);
    if (closed) {
      await fresh.end();
      throw new StoreFault('unavailable', 'The lane is closed.');
    }
    client = fresh;
    return fresh;
  }

  function drop(): void {
    const lost = client;
    client = undefined;
    lost?.end().catch(() => undefined);
  }

  return {
    async flush(batch: Batch): Promise<FlushResult> {
      const query = built(key, batch);
      try {
        const connection = await connected();
        const reply = connection.query<FlushRow>({
          name: query.name,
          text: query.text,
          values: [...query.values],
        });
        // Whoever stops here does not hear what came of it.
        reply.catch(() => undefined);
        failpoint('flush-sent');
        const [row] = (await reply).rows;
        if (row === undefined) throw new StoreFault('rejected', 'The flush gave no answer.');
        if (!row.fence) return settled('fenced');
        if (row.gate) return await counted(connection, batch, row);
        if (!row.previous) return settled('gap');
        return await counted(connection, batch, await resolveResend(connection, key, batch));
      } catch (error) {
        if (!isAnswer(error)) drop();
        throw faultOf(error);
      }
    },
    async close() {
      closed = true;
      const last = client;
      client = undefined;
      await last?.end();
    },
  };
}

/** What cannot even be written down would fail again: a value is out of its column's range. */
function built(key: LaneKey, batch: Batch): FlushQuery {
  try {
    return flushQuery(key, batch);
  } catch (error) {
    throw new StoreFault('rejected', error instanceof Error ? error.message : String(error), error);
  }
}

/** Ends that did not take are not to count, whoever hears of the batch first. */
async function counted(
  client: pg.Client,
  batch: Batch,
  row: Pick<FlushRow, 'duplicates' | 'refused'>,
): Promise<FlushResult> {
  if (row.refused !== null) await uncount(client, batch, row.refused);
  return settled('committed', row);
}

function settled(
  outcome: FlushResult['outcome'],
  row?: Pick<FlushRow, 'duplicates' | 'refused'>,
): FlushResult {
  return { outcome, duplicates: row?.duplicates ?? [], refused: row?.refused ?? [] };
}

async function connect(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({
    ...config,
    options: LANE_OPTIONS,
    application_name: 'tenuto-lane',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: SILENCE_MS,
  });
  // A connection that breaks while idle says so here; the next flush finds it out by itself.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
