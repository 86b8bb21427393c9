import type { Client } from '@tenuto/sdk';
import { startEffects } from './load.ts';
import { untilEffects, untilIdle } from './moments.ts';
import type { ServerEnd, ServerProcess } from './server-process.ts';
import { connectionOf, type Stage, urlOf } from './stage.ts';
import { readEffects, readEnd, violationsOf } from './verdict.ts';

export interface Stops {
  readonly jobs: number;
  readonly violations: readonly string[];
  /** How each server that was told to stop ended. */
  readonly ends: readonly ServerEnd[];
  /** Milliseconds from SIGTERM to the end of the process. */
  readonly stoppedMs: readonly number[];
  readonly repeats: number;
  /** Nodes whose effect came more than once. */
  readonly doubled: number;
  readonly refusals: ReadonlyMap<string, number>;
}

/** Tells a server to stop in the middle of its work and starts it again. */
export async function stopUnderLoad(
  stage: Stage,
  { jobs, seconds }: { readonly jobs: number; readonly seconds: number },
): Promise<Stops> {
  let server = stage.start();
  const load = startEffects(stage.effects, { client: () => server.ready, count: jobs, seconds });
  await untilEffects(stage.effects, jobs);
  const stop = timedStop(server);
  const end = await stop.ended;
  server = stage.start();
  await server.ready;
  await load.done;
  const connection = await connectionOf(stage.dataDir());
  await untilIdle(connection);
  return {
    ...(await judged(stage, connection, load)),
    ends: [end],
    stoppedMs: [stop.tookMs()],
  };
}

/** Restarts two servers on one PostgreSQL in turn while jobs keep coming in. */
export async function rollingRestart(
  stage: Stage,
  { rounds, jobs }: { readonly rounds: number; readonly jobs: number },
): Promise<Stops> {
  const { connection } = await stage.postgres();
  const launch = (name: string) =>
    stage.start({ databaseUrl: urlOf(connection), dataDir: stage.dataDir(name) });
  const names = ['one', 'two'];
  const servers = names.map(launch);
  await Promise.all(servers.map(({ ready }) => ready));
  let turn = 0;
  const next = (): Promise<Client> => (servers[turn++ % 2] as ServerProcess).ready;
  const load = startEffects(stage.effects, { client: next, count: jobs });
  const ends: ServerEnd[] = [];
  const stoppedMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const [i, name] of names.entries()) {
      const lines = (await readEffects(stage.effects)).length;
      await untilEffects(stage.effects, Math.min(lines + 20, 4 * jobs));
      const stop = timedStop(servers[i] as ServerProcess);
      ends.push(await stop.ended);
      stoppedMs.push(stop.tookMs());
      servers[i] = launch(name);
      await servers[i].ready;
    }
  }
  await load.done;
  await untilIdle(connection);
  return { ...(await judged(stage, connection, load)), ends, stoppedMs };
}

function timedStop(server: ServerProcess) {
  const at = performance.now();
  let took = 0;
  server.signal('SIGTERM');
  const ended = server.ended.then((end) => {
    took = performance.now() - at;
    return end;
  });
  return { ended, tookMs: () => took };
}

async function judged(
  stage: Stage,
  connection: Parameters<typeof readEnd>[0],
  load: ReturnType<typeof startEffects>,
) {
  const facts = await readEnd(connection, stage.effects);
  const lines = Map.groupBy(facts.effects, ({ run, node }) => `${run} ${node}`);
  return {
    jobs: load.acknowledged.size,
    violations: violationsOf(facts, load),
    repeats: facts.attempts.filter(({ attempt }) => attempt > 1).length,
    doubled: [...lines.values()].filter((same) => same.length > 1).length,
    refusals: load.refusals,
  };
}
