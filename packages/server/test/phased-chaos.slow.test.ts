/** Runs of a profile on servers and a database that die and freeze all the time. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProviderServer } from '@tenuto/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { openCluster } from './chaos/cluster.ts';
import { startNemesis } from './chaos/nemesis.ts';
import { type StormAccounts, stormViolations } from './chaos/phased-verdict.ts';
import { startStorm, stormScript } from './chaos/phased-work.ts';
import type { Effect } from './chaos/sink.ts';
import { rowsOf, until } from './faults/moments.ts';
import { openStage } from './faults/stage.ts';

const LEASE_MS = 2_000;
const STORM_MS = Number(process.env.TENUTO_STORM_SECONDS ?? 60) * 1_000;
const HEAL_MS = 240_000;
const RUNS = 4;

it('all of them complete, nothing recorded is asked again, and all that is kept agrees', {
  timeout: STORM_MS + HEAL_MS + 120_000,
}, async () => {
  const stage = await openStage();
  onTestFinished(() => stage.close());
  const asked: string[] = [];
  const effects: Effect[] = [];
  const commands = join(stage.folder, 'commands');
  const provider = await startProviderServer(stormScript(commands, (who) => asked.push(who)));
  stage.undo(provider.close);
  const models = join(stage.folder, 'models.json');
  const local = { type: 'openai_compatible', base_url: provider.url };
  await writeFile(models, JSON.stringify({ providers: { local }, default_model: 'local/large' }));
  await mkdir(stage.dataDir('shared'), { recursive: true });
  const cluster = await openCluster(stage, {
    ...{ leaseMs: LEASE_MS, servers: 2, pgFolder: join(stage.folder, 'store'), shared: true },
    env: { TENUTO_MODELS: models, TENUTO_ALLOW_COMMANDS: `/bin/sh,${process.execPath}` },
  });
  stage.undo(cluster.close);
  const [first] = cluster.members;
  const price = { model: 'local/large', input_usd_per_mtok: 1, output_usd_per_mtok: 10 };
  await (await first?.process.ready)?.prices.create(price);
  const work = startStorm(cluster, RUNS);
  const nemesis = startNemesis({ cluster, leaseMs: LEASE_MS, effects });
  await Promise.race([delay(STORM_MS), work.done]);
  work.calm();
  await nemesis.heal();
  await until('two servers', () => cluster.members.every(({ state }) => state === 'up'), HEAL_MS);
  const over = await Promise.race([work.done.then(() => true), delay(HEAL_MS, false)]);
  work.stop();
  if (!over) {
    const live = await rowsOf(cluster.connection, 'select run_id, status from run_live');
    const waits = await rowsOf(
      cluster.connection,
      `select message from interventions where state = 'open'`,
    );
    expect({ live, waits }).toEqual({ live: [], waits: [] });
  }
  const client = await cluster.members[0]?.process.ready;
  if (client === undefined) throw new Error('no server is up');
  const read: StormAccounts['read'] = async (runId, path) => {
    const [file] = await Array.fromAsync(client.artifacts.list(runId, { path }));
    if (file === undefined) return 'there is none';
    const bytes = await Array.fromAsync(client.artifacts.download(runId, file.artifact_id));
    return Buffer.concat(bytes).toString();
  };
  const open = `select count(*)::int as open from calls where state = 'open'`;
  await until(
    'strays to be settled',
    async () => (await rowsOf(cluster.connection, open))[0]?.open === 0,
  );
  const accounts = { runs: work.runs, asked, effects: commands, read };
  console.log(nemesis.strikes, { runs: work.runs.length, asked: asked.length });
  expect(work.surprises).toEqual([]);
  expect(await stormViolations(cluster.connection, accounts)).toEqual([]);
});
