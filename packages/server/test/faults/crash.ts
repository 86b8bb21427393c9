import type { PostgresConnection } from '@tenuto/store';
import { startEffects } from './load.ts';
import { rowsOf, untilEffects, untilIdle } from './moments.ts';
import { connectionOf, type Stage, urlOf } from './stage.ts';
import { completedKeys, readEnd, readFacts, violationsOf } from './verdict.ts';

export interface Crashes {
  readonly jobs: number;
  readonly violations: readonly string[];
  /** Attempts that were made again. */
  readonly repeats: number;
  /** Attempts whose effect came twice or more often, under different numbers. */
  readonly doubled: number;
  /** Milliseconds from each fault to the first effect after it. */
  readonly resumedMs: readonly number[];
}

export interface CrashOptions {
  readonly rounds: number;
  readonly jobs: number;
}

/** Kills the server in the middle of running jobs and starts it again on the same folder. */
export async function killServer(stage: Stage, { rounds, jobs }: CrashOptions): Promise<Crashes> {
  const resumedMs: number[] = [];
  const violations: string[] = [];
  const acknowledged = new Map<string, string>();
  let server = stage.start();
  await server.ready;
  for (let round = 1; round <= rounds; round += 1) {
    const load = startEffects(stage.effects, {
      client: () => server.ready,
      count: jobs,
      prefix: `round-${round}`,
    });
    await untilEffects(stage.effects, linesAt(round, jobs));
    await server.kill();
    const at = performance.now();
    const before = await readFacts(await connectionOf(stage.dataDir()), stage.effects);
    server = stage.start();
    await untilEffects(stage.effects, before.effects.length + 1);
    resumedMs.push(performance.now() - at);
    await load.done;
    for (const [name, id] of load.acknowledged) acknowledged.set(name, id);
    await server.ready;
    const connection = await connectionOf(stage.dataDir());
    await untilIdle(connection);
    const durable = completedKeys(before);
    const facts = await readEnd(connection, stage.effects);
    violations.push(...violationsOf(facts, { acknowledged, durable }));
  }
  return summary(stage, await connectionOf(stage.dataDir()), {
    violations,
    resumedMs,
    jobs: acknowledged.size,
  });
}

/** Restarts PostgreSQL at once under a running server. */
export async function killDatabase(stage: Stage, { rounds, jobs }: CrashOptions): Promise<Crashes> {
  const resumedMs: number[] = [];
  const acknowledged = new Map<string, string>();
  const database = await stage.postgres();
  const server = stage.start({ databaseUrl: urlOf(database.connection) });
  const violations: string[] = [];
  await server.ready;
  for (let round = 1; round <= rounds; round += 1) {
    const load = startEffects(stage.effects, {
      client: () => server.ready,
      count: jobs,
      prefix: `round-${round}`,
    });
    await untilEffects(stage.effects, linesAt(round, jobs));
    const { pid } = database.server.status();
    if (pid === undefined) throw new Error('PostgreSQL does not run');
    process.kill(pid, 'SIGQUIT');
    const at = Date.now();
    await load.done;
    for (const [name, id] of load.acknowledged) acknowledged.set(name, id);
    await untilIdle(database.connection);
    resumedMs.push(await firstCommitAfter(database.connection, at));
    const facts = await readEnd(database.connection, stage.effects);
    violations.push(...violationsOf(facts, { acknowledged }));
  }
  return summary(stage, database.connection, { violations, resumedMs, jobs: acknowledged.size });
}

/** Milliseconds from a moment to the first batch that was committed after it. */
async function firstCommitAfter(connection: PostgresConnection, at: number): Promise<number> {
  const [row] = await rowsOf(
    connection,
    `select (extract(epoch from min(at)) * 1000)::float8 as first from batches
     where at > to_timestamp(${at / 1000})`,
  );
  return Number(row?.first) - at;
}

/** The number of lines at which a round is in its middle, earlier or later from round to round. */
function linesAt(round: number, jobs: number): number {
  const all = 4 * jobs;
  return (round - 1) * all + Math.floor(all * (0.2 + 0.06 * (round % 10)));
}

async function summary(
  stage: Stage,
  connection: PostgresConnection,
  known: Pick<Crashes, 'violations' | 'resumedMs' | 'jobs'>,
): Promise<Crashes> {
  const { attempts, effects } = await readFacts(connection, stage.effects);
  const lines = Map.groupBy(effects, ({ run, node }) => `${run} ${node}`);
  return {
    ...known,
    repeats: attempts.filter(({ attempt }) => attempt > 1).length,
    doubled: [...lines.values()].filter((same) => same.length > 1).length,
  };
}
