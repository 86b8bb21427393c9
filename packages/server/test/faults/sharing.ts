import type { PostgresConnection } from '@tenuto/store';
import { rowsOf } from './moments.ts';

const START_BYTES = 22;
const RUN_BYTES = 16;

/** How many runs each engine started nodes of, by engine, from the starts in its batches. */
export async function runsByEngine(
  connection: PostgresConnection,
): Promise<ReadonlyMap<string, number>> {
  const rows = await rowsOf(
    connection,
    `select engine::text, encode(starts, 'hex') as starts from batches where starts is not null`,
  );
  const runs = new Map<string, Set<string>>();
  for (const { engine, starts } of rows) {
    const mine = runs.get(String(engine)) ?? new Set();
    runs.set(String(engine), mine);
    const bytes = Buffer.from(String(starts), 'hex');
    for (let at = 0; at + START_BYTES <= bytes.length; at += START_BYTES) {
      mine.add(bytes.toString('hex', at, at + RUN_BYTES));
    }
  }
  return new Map([...runs].map(([engine, mine]) => [engine, mine.size]));
}

/** Epochs by engine. */
export async function epochsOf(
  connection: PostgresConnection,
): Promise<ReadonlyMap<string, number>> {
  const rows = await rowsOf(
    connection,
    'select engine::text, max(epoch) as epoch from engine_fences group by engine',
  );
  return new Map(rows.map(({ engine, epoch }) => [String(engine), Number(epoch)]));
}

/** How many batches each engine has written, by `<engine> <epoch>`. */
export async function batchesByEpoch(
  connection: PostgresConnection,
): Promise<ReadonlyMap<string, number>> {
  const rows = await rowsOf(
    connection,
    'select engine::text, epoch, count(*)::int as batches from batches group by engine, epoch',
  );
  return new Map(rows.map((row) => [`${row.engine} ${row.epoch}`, Number(row.batches)]));
}
