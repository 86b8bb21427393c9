/** A database, engines on it, and a session of the test's own to see what became durable. */
import type { JsonObject, RunStatus } from '@tenuto/contract';
import type { InboxType, Submission } from '@tenuto/engine';
import {
  createDatabase,
  startTestEngine,
  type TestDatabase,
  type TestEngine,
  type TestEngineOptions,
} from '@tenuto/testkit';
import pg from 'pg';
import { vi } from 'vitest';
import { expectSound } from './doctor/examination.ts';

export interface AttemptSeen {
  readonly node: number;
  readonly attempt: number;
  readonly seq: number;
  readonly status: string;
  readonly output: string | null;
  readonly error: string | null;
}

export interface Engines {
  readonly connection: TestDatabase['connection'];
  start(options?: TestEngineOptions): Promise<TestEngine>;
  ask<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Waits until the run is over, for as long as the test may take. */
  over(runId: string): Promise<{ status: RunStatus; progress: Record<string, unknown> }>;
  attempts(runId: string): Promise<AttemptSeen[]>;
  /** Puts a cancel into the run's inbox. */
  cancel(runId: string, mode?: 'graceful' | 'immediate'): Promise<void>;
  /** Puts a message into the run's inbox, from ann. */
  tell(runId: string, type: InboxType, body?: JsonObject): Promise<void>;
  close(): Promise<void>;
}

/** When the engines are closed, the doctor finds nothing in what they leave. */
export async function openEngines(): Promise<Engines> {
  const { connection, drop } = await createDatabase();
  return openEnginesOn(connection, () => expectSound(connection).finally(drop));
}

/** The same on a server of the test's own. */
export function openEnginesOn(
  connection: TestDatabase['connection'],
  drop: () => Promise<void>,
): Engines {
  const started: TestEngine[] = [];
  const pool = new pg.Pool({ ...connection, max: 2 });
  pool.on('error', () => undefined);
  const ask: Engines['ask'] = async (sql, values = []) => (await pool.query(sql, [...values])).rows;
  return {
    connection,
    async start(options) {
      const engine = await startTestEngine(connection, options);
      started.push(engine);
      return engine;
    },
    ask,
    async over(runId) {
      const row = await eventually(async () => {
        const [found] = await ask<{ status: RunStatus; progress: string }>(
          'select status::text as status, progress from runs where run_id = $1',
          [runId],
        ).catch(() => []);
        return found;
      });
      return { status: row.status, progress: JSON.parse(row.progress) };
    },
    attempts: (runId) =>
      ask<AttemptSeen>(
        `select node, attempt, seq, status::text as status, output, error
         from attempts where run_id = $1 order by seq`,
        [runId],
      ),
    cancel: (runId, mode = 'graceful') => tell(runId, 'cancel', { mode }),
    tell,
    async close() {
      await Promise.all(started.map((engine) => engine.stop()));
      await pool.end();
      await drop();
    },
  };

  async function tell(runId: string, type: InboxType, body: JsonObject = {}): Promise<void> {
    await ask(
      `with asked as (
           update run_live r set inbox_seq = inbox_seq + 1, wake_at = least(wake_at, now()),
             claim_key = case when engine is null then 0 else claim_key end
           where run_id = $1 returning run_id, inbox_seq)
         insert into run_inbox (run_id, seq, type, body)
         select run_id, inbox_seq, $2, $3 from asked`,
      [runId, type, JSON.stringify({ ...body, actor: 'ann' })],
    );
  }
}

/** Asks until there is an answer that is neither undefined nor false. */
export function eventually<T>(
  question: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  return vi.waitUntil(question, { timeout: 110_000, interval: 5 }) as Promise<T>;
}

/** Submits and expects a run of it. */
export async function submitted({ engine }: TestEngine, submission: Submission): Promise<string> {
  const result = await engine.submit(submission);
  if (result.duplicate) throw new Error('the key was used before');
  return result.runId;
}

/** Something that a test lets happen when it wants to. */
export function latch(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Waits until a run was begun there and has left memory: one in the queue was never in it. */
export async function leftMemory({ engine, executed }: TestEngine): Promise<void> {
  await eventually(() => executed.length > 0 && engine.health().ownedRuns === 0);
}
