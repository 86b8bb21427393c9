import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@tenuto/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report } from './figures.ts';
import { command, effectJob, startEffects } from './load.ts';
import { until, untilIdle } from './moments.ts';
import type { ServerProcess } from './server-process.ts';
import { connectionOf, openStage, type Stage } from './stage.ts';
import { readEnd, violationsOf } from './verdict.ts';

const MAX_ATTEMPTS = 5;
const NEIGHBOURS = 6;

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('a node that kills its server whenever it starts', () => {
  it('ends failed after its attempts, and costs its neighbours none of theirs', async () => {
    const care = supervise(stage);
    const neighbours = startEffects(stage.effects, {
      client: () => care.client(),
      count: NEIGHBOURS,
      seconds: 0.3,
    });
    const poison = await (await care.client()).jobs.submit(poisonJob(stage.effects));
    await neighbours.done;
    await until('the end of the poisonous job', async () => {
      const job = await (await care.client()).jobs.get(poison.job_id);
      return job.status === 'failed';
    });
    const connection = await connectionOf(stage.dataDir());
    await untilIdle(connection);

    const client = await care.client();
    const attempts = await gather(client.jobs.attempts(poison.job_id, 'poison'));
    expect(attempts.map(({ status, error }) => [status, error?.type])).toEqual(
      Array.from({ length: MAX_ATTEMPTS }, () => ['failed', 'engine_lost']),
    );
    const beside = await client.jobs.node(poison.job_id, 'beside');
    expect(beside.status).toBe('completed');

    const facts = await readEnd(connection, stage.effects);
    const others = Object.groupBy(facts.attempts, ({ run }) =>
      run === poison.job_id ? 'poison' : 'neighbour',
    );
    const effects = facts.effects.filter(({ run }) => run !== poison.job_id);
    const lost = (others.neighbour ?? []).filter(({ status }) => status !== 'completed');
    const starts = care.starts();
    report('a node that kills its server', { starts, lost_by_neighbours: lost.length });
    const { acknowledged } = neighbours;
    expect(
      violationsOf({ ...facts, attempts: others.neighbour ?? [], effects }, { acknowledged }),
    ).toEqual([]);

    const later = await client.jobs.submit(effectJob('later', EFFECTS(stage)));
    await until(
      'a later job',
      async () => (await client.jobs.get(later.job_id)).status === 'completed',
    );
    expect(starts).toBe(1 + MAX_ATTEMPTS);
    expect(care.starts()).toBe(starts);
  });
});

const EFFECTS = ({ effects }: Stage) => ({ effects, seconds: 0.05 });

/** The poison beside a node that takes a while. The server is the parent of what it starts. */
function poisonJob(effects: string) {
  const words = ['/bin/sh', '-c', 'kill -9 "$PPID"; exec sleep 10'];
  return {
    job_name: 'poison',
    dag_definition: {
      nodes: [
        {
          id: 'poison',
          uses: 'command.run',
          with: { command: words },
          retry: { max_attempts: MAX_ATTEMPTS },
        },
        { id: 'beside', ...command('beside', effects, '0.3') },
      ],
    },
  };
}

/** Starts the server again whenever it ends, as an operator's supervisor does. */
function supervise(on: Stage) {
  let starts = 0;
  let server: ServerProcess = start();
  function start(): ServerProcess {
    starts += 1;
    const started = on.start();
    void started.ended.then(() => {
      if (starts <= MAX_ATTEMPTS + 3 && !on.isClosing()) server = start();
    });
    return started;
  }
  return {
    starts: () => starts,
    /** A client of the server as soon as one is there. */
    async client(): Promise<Client> {
      for (let tries = 1; ; tries += 1) {
        try {
          return await server.ready;
        } catch (error) {
          if (tries > 100) throw error;
          await delay(50);
        }
      }
    },
  };
}

async function gather<T>(list: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of list) all.push(item);
  return all;
}
