/** One run of chaos: work and faults for a while, then healing, then the verdict. */
import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeLoopDisk, whyNoLoopDisk } from '../faults/loop-disk.ts';
import { rowsOf, until } from '../faults/moments.ts';
import { openStage, type Stage } from '../faults/stage.ts';
import { type Cluster, openCluster } from './cluster.ts';
import type { Figures } from './figures.ts';
import { startNemesis } from './nemesis.ts';
import { bodyOf, shapesOf } from './shapes.ts';
import { type Sink, startSink } from './sink.ts';
import { type Accepted, violationsOf } from './verdict.ts';

export interface Chaos {
  readonly minutes: number;
  /** Jobs a second. */
  readonly rate: number;
  readonly leaseMs: number;
  /** Told about twice a second how it goes. */
  progress(line: string): void;
  readonly stopped?: AbortSignal;
}

export interface Outcome {
  readonly figures: Figures;
  readonly violations: readonly string[];
}

const SERVERS = 3;
const DISK_MIB = 6_000;
const FULL_MS = 2_500;
/** When faults are over, all runs must be over within this time. */
const HEAL_MS = 240_000;
const TRIES = 400;

export async function runChaos(chaos: Chaos): Promise<Outcome> {
  const stage = await openStage();
  try {
    const disk =
      whyNoLoopDisk() === undefined ? await makeLoopDisk(stage.folder, DISK_MIB) : undefined;
    if (disk !== undefined) stage.undo(disk.unmount);
    const sink = await startSink();
    stage.undo(sink.stop);
    const pgFolder = join(disk?.folder ?? stage.folder, 'store');
    const cluster = await openCluster(stage, {
      leaseMs: chaos.leaseMs,
      servers: SERVERS,
      pgFolder,
    });
    stage.undo(cluster.close);
    return await play(chaos, { stage, sink, cluster, filler: disk && join(disk.folder, 'filler') });
  } finally {
    await stage.close();
  }
}

interface Parts {
  readonly stage: Stage;
  readonly sink: Sink;
  readonly cluster: Cluster;
  readonly filler: string | undefined;
}

async function play(chaos: Chaos, { sink, cluster, filler }: Parts): Promise<Outcome> {
  const { minutes, leaseMs } = chaos;
  const began = performance.now();
  const until = began + minutes * 60_000;
  const work = startWork(chaos, cluster, sink, until);
  const nemesis = startNemesis({
    ...{ cluster, leaseMs, effects: sink.effects },
    ...(filler !== undefined && { fillDisk: () => fillDisk(filler) }),
  });
  while (performance.now() < until && chaos.stopped?.aborted !== true) {
    const { kills, freezes, databaseRestarts, lostReplies } = nemesis.strikes;
    const left = Math.max(0, (until - performance.now()) / 1000).toFixed(0);
    chaos.progress(
      `${left} s left: ${work.accepted.length} jobs, ${sink.effects.length} effects, ${kills} kills, ` +
        `${freezes} freezes, ${databaseRestarts} restarts, ${lostReplies} lost replies`,
    );
    await delay(500);
  }
  work.stop();
  chaos.progress('healing');
  await nemesis.heal();
  await work.done;
  const unfinished = await settle(cluster).catch((error: unknown) => [String(error)]);
  chaos.progress('judging');
  const accounts = { accepted: work.accepted, effects: sink.effects };
  const violations = [...unfinished, ...(await violationsOf(cluster.connection, accounts))];
  const figures: Figures = {
    ...nemesis.strikes,
    ...{ minutes: (performance.now() - began) / 60_000, leaseMs, jobs: work.accepted.length },
    ...{ effects: sink.effects.length, repeatedEffects: repeatsIn(sink) },
    ...{ fenced: cluster.fenced(), violations: violations.length },
    ...{ resumedMs: nemesis.resumedMs, aloneMs: nemesis.aloneMs },
  };
  return { figures, violations };
}

/** Waits for the end of all runs. */
async function settle({ connection, members }: Cluster): Promise<string[]> {
  await until('three servers', () => members.every(({ state }) => state === 'up'), HEAL_MS);
  const live = 'select count(*)::int as live from run_live';
  await until(
    'the end of all runs',
    async () => (await rowsOf(connection, live))[0]?.live === 0,
    HEAL_MS,
  );
  return [];
}

/** Submits jobs at a steady rate, each under a key of its own, until it is known. */
function startWork({ rate }: Chaos, cluster: Cluster, sink: Sink, until: number) {
  const shapes = shapesOf(sink.url);
  const accepted: Accepted[] = [];
  let stopped = false;
  let count = 0;

  async function submit(): Promise<void> {
    count += 1;
    const name = `job-${count}-${randomBytes(3).toString('hex')}`;
    const shape = shapes[count % shapes.length];
    if (shape === undefined) return;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const up = cluster.members.filter(({ state }) => state === 'up');
      const member = up[Math.floor(Math.random() * up.length)];
      try {
        if (member !== undefined) {
          const client = await member.process.ready;
          const signal = AbortSignal.timeout(10_000);
          const job = await client.jobs.submit(bodyOf(name, shape), {
            idempotencyKey: name,
            signal,
          });
          accepted.push({ name, run: job.job_id, shape });
          return;
        }
      } catch {
        // Killed, frozen, away or overloaded: asked again under the same key.
      }
      if (stopped && tries > 20) return;
      await delay(100);
    }
  }

  async function steadily(): Promise<void> {
    const all: Promise<void>[] = [];
    while (!stopped && performance.now() < until) {
      all.push(submit());
      await delay(1000 / rate);
    }
    await Promise.all(all);
  }

  return {
    accepted,
    done: steadily(),
    stop() {
      stopped = true;
    },
  };
}

async function fillDisk(path: string): Promise<void> {
  const file = await open(path, 'w');
  const block = Buffer.alloc(1024 * 1024);
  try {
    for (;;) await file.write(block);
  } catch {
    // Full.
  } finally {
    await file.close();
  }
  await delay(FULL_MS);
  await rm(path, { force: true });
}

function repeatsIn({ effects }: Sink): number {
  const keys = new Set(effects.map(({ key, node }) => `${key} ${node}`));
  return effects.length - keys.size;
}
