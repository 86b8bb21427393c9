import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresConnection } from '@tenuto/store';
import { Client } from 'pg';
import { readEffects } from './verdict.ts';

const POLL_MS = 25;
/** Nothing that is waited for here takes this long; a hang shall say what it hung on. */
const PATIENCE_MS = 120_000;

/** Waits for something to be so; tries that throw count as no. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      if (await isSo()) return;
    } catch (error) {
      last = error;
    }
    await delay(POLL_MS);
  }
  throw new Error(`${what} did not come within ${patienceMs} ms`, { cause: last });
}

/** Waits until the commands have left so many lines. */
export async function untilEffects(file: string, lines: number): Promise<void> {
  await until(
    `line ${lines} of the effects`,
    async () => (await readEffects(file)).length >= lines,
  );
}

/** Waits until no run is live any more. */
export async function untilIdle(connection: PostgresConnection, patienceMs?: number) {
  const isIdle = async () => {
    const [row] = await rowsOf(connection, 'select count(*)::int as live from run_live');
    return row?.live === 0;
  };
  await until('the end of all runs', isIdle, patienceMs);
}

/** Asks a database something in a session of its own. */
export async function rowsOf(
  connection: PostgresConnection,
  question: string,
): Promise<Record<string, unknown>[]> {
  const client = new Client({ ...connection });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(question)).rows;
  } finally {
    await client.end();
  }
}
