import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report, spread } from './figures.ts';
import { startEffects } from './load.ts';
import { rowsOf, until, untilEffects, untilIdle } from './moments.ts';
import { batchesByEpoch, epochsOf } from './sharing.ts';
import { openStage, type Stage, urlOf } from './stage.ts';
import { completedKeys, readEffects, readEnd, readFacts, violationsOf } from './verdict.ts';

const ROUNDS = 5;
const JOBS = 200;

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('a server that is frozen beyond its lease and wakes up', () => {
  it('finds its runs taken over, and what it still writes is refused', async () => {
    const { connection } = await stage.postgres();
    const databaseUrl = urlOf(connection);
    const [frozen, other] = [
      stage.start({ databaseUrl, dataDir: stage.dataDir('frozen') }),
      stage.start({ databaseUrl, dataDir: stage.dataDir('other') }),
    ];
    await Promise.all([frozen.ready, other.ready]);
    const acknowledged = new Map<string, string>();
    const takenOverMs: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const before = await readEffects(stage.effects);
      const load = startEffects(stage.effects, {
        client: () => frozen.ready,
        count: JOBS,
        workers: 32,
        prefix: `round-${round}`,
      });
      await load.done;
      await untilEffects(stage.effects, before.length + JOBS);
      for (const [name, id] of load.acknowledged) acknowledged.set(name, id);
      const epochs = await epochsOf(connection);
      frozen.signal('SIGSTOP');
      const at = performance.now();
      const durable = completedKeys(await readFacts(connection, stage.effects));
      await until('the takeover', () => takeovers(other.logs()) >= round);
      takenOverMs.push(performance.now() - at);
      await untilIdle(connection);
      const settled = await readFacts(connection, stage.effects);
      const batches = await batchesByEpoch(connection);
      // What it ran while it was frozen has long ended: it learns of that now and writes it down.
      // Its heartbeat would tell it first; without the sessions for that, its journal has to.
      if (round % 2 === 0) await rowsOf(connection, CUT_ENGINE_SESSIONS);
      frozen.signal('SIGCONT');
      await until('the refusal', () => refusals(frozen.logs()) >= round);
      await until('its return', async () => (await (await frozen.ready).health()).status === 'ok');

      const facts = await readEnd(connection, stage.effects);
      expect(violationsOf(facts, { acknowledged, durable })).toEqual([]);
      expect(facts.attempts).toEqual(settled.attempts);
      const later = await epochsOf(connection);
      const risen = [...later].filter(([engine, epoch]) => epoch > (epochs.get(engine) ?? 0));
      expect(risen.length).toBe(1);
      const [engine = ''] = risen[0] ?? [];
      const old = `${engine} ${epochs.get(engine)}`;
      expect((await batchesByEpoch(connection)).get(old)).toBe(batches.get(old));
    }
    report('SIGSTOP beyond the lease', {
      rounds: ROUNDS,
      jobs: acknowledged.size,
      taken_over: spread(takenOverMs),
    });
    expect(acknowledged.size).toBe(ROUNDS * JOBS);
  }, 600_000);
});

const CUT_ENGINE_SESSIONS = `select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = 'tenuto-engine'`;
const takeovers = (logs: string) => logs.split('took over a dead engine').length - 1;
const refusals = (logs: string) => logs.split('the journal was refused').length - 1;
