/** What goes wrong: many things at once, each counted, until it is told to heal. */
import { setTimeout as delay } from 'node:timers/promises';
import { FAILPOINTS } from '@tenuto/engine';
import { rowsOf } from '../faults/moments.ts';
import type { Cluster, Member } from './cluster.ts';
import type { Effect } from './sink.ts';

export interface Strikes {
  kills: number;
  failpointKills: number;
  freezes: number;
  databaseRestarts: number;
  cutConnections: number;
  lostReplies: number;
  gracefulStops: number;
  fullDisks: number;
}

export interface Nemesis {
  readonly strikes: Strikes;
  /** From each kill until work of that server went on elsewhere or again, in milliseconds. */
  readonly resumedMs: readonly number[];
  /** The same of kills that nothing else disturbed but lost replies and cut connections. */
  readonly aloneMs: readonly number[];
  /** Does no more harm; resolves when all that was broken has been let go. */
  heal(): Promise<void>;
}

export interface NemesisPorts {
  readonly cluster: Cluster;
  readonly leaseMs: number;
  readonly effects: readonly Effect[];
  /** Fills the disk of PostgreSQL up for a moment; absent where there is no disk for that. */
  fillDisk?(): Promise<void>;
}

/** A reply to one commit in so many is lost. */
const LOSE_EVERY = 5;
/** How long a kill that nothing else shall disturb waits for a whole cluster. */
const WHOLE_MS = 15_000;
/** An effect that was on its way when its server was killed says nothing of work going on. */
const ON_ITS_WAY_MS = 50;

export function startNemesis(ports: NemesisPorts): Nemesis {
  const { cluster, leaseMs } = ports;
  const strikes: Strikes = {
    ...{ kills: 0, failpointKills: 0, freezes: 0, databaseRestarts: 0, cutConnections: 0 },
    ...{ lostReplies: 0, gracefulStops: 0, fullDisks: 0 },
  };
  const resumedMs: number[] = [];
  const aloneMs: number[] = [];
  const watches: Promise<void>[] = [];
  const before = { lost: cluster.proxy.lost, failpoints: cluster.failpointDeaths };
  let healed = false;
  let calm: Promise<void> | undefined;
  let striking = 0;
  cluster.proxy.loseEvery(LOSE_EVERY);

  const up = () => cluster.members.filter(({ state }) => state === 'up');
  const one = () => up()[Math.floor(Math.random() * up().length)];

  async function again(everyMs: number, strike: () => Promise<void> | void): Promise<void> {
    await delay(everyMs * Math.random());
    while (!healed) {
      await calm;
      striking += 1;
      await strike();
      striking -= 1;
      await delay(everyMs * (0.6 + 0.8 * Math.random()));
    }
  }

  async function kill(): Promise<void> {
    const member = one();
    if (member === undefined) return;
    if (Math.random() < 0.5) member.failpoint = randomFailpoint();
    watches.push(watchResumed(await strikeDown(member), resumedMs));
  }

  /** Holds all other strikes until the work of the one server goes on. */
  async function killAlone(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    calm = promise;
    try {
      // This one is a strike too.
      const isWhole = () => striking === 1 && up().length === cluster.members.length;
      const deadline = performance.now() + WHOLE_MS;
      while (!isWhole() && performance.now() < deadline) await delay(50);
      const member = one();
      if (member === undefined || !isWhole()) return;
      await watchResumed(await strikeDown(member), aloneMs);
    } finally {
      calm = undefined;
      resolve();
    }
  }

  /** Kills it, and tells which runs it had and when it was. */
  async function strikeDown(member: Member): Promise<{ runs: readonly string[]; at: number }> {
    const runs = await ownedBy(cluster, member).catch(() => []);
    // Half of them come back as themselves, the others leave their runs to be taken over.
    member.restartMs = Math.random() < 0.5 ? 50 : leaseMs * 2;
    member.state = 'down';
    const at = performance.now();
    await member.process.kill();
    strikes.kills += 1;
    return { runs, at };
  }

  async function watchResumed(
    { runs, at }: { readonly runs: readonly string[]; readonly at: number },
    times: number[],
  ): Promise<void> {
    if (runs.length === 0) return;
    const theirs = new Set(runs);
    const deadline = at + leaseMs * 4 + 10_000;
    while (performance.now() < deadline) {
      const first = ports.effects.find(
        (effect) => effect.at > at + ON_ITS_WAY_MS && theirs.has(effect.run),
      );
      if (first !== undefined) {
        times.push(first.at - at);
        return;
      }
      await delay(25);
    }
  }

  async function freeze(): Promise<void> {
    const member = one();
    if (member === undefined || up().length < 2) return;
    const { process } = member;
    member.state = 'frozen';
    process.signal('SIGSTOP');
    strikes.freezes += 1;
    await delay(leaseMs * (2 + Math.random()));
    process.signal('SIGCONT');
    if (member.process === process && member.state === 'frozen') member.state = 'up';
  }

  async function stopInOrder(): Promise<void> {
    const member = one();
    if (member === undefined || up().length < 2) return;
    member.restartMs = 20;
    member.state = 'down';
    member.process.signal('SIGTERM');
    strikes.gracefulStops += 1;
  }

  function restartDatabase(): void {
    const { pid } = cluster.postgres.status();
    if (pid === undefined) return;
    process.kill(pid, Math.random() < 0.5 ? 'SIGKILL' : 'SIGQUIT');
    strikes.databaseRestarts += 1;
  }

  const campaigns = [
    again(4_000, kill),
    again(20_000, killAlone),
    again(3_000, freeze),
    again(8_000, restartDatabase),
    again(45_000, stopInOrder),
    again(5_000, () => {
      strikes.cutConnections += cluster.proxy.cut();
    }),
    ...(ports.fillDisk === undefined
      ? []
      : [
          again(60_000, async () => {
            await ports.fillDisk?.();
            strikes.fullDisks += 1;
          }),
        ]),
  ];
  return {
    get strikes() {
      strikes.lostReplies = cluster.proxy.lost - before.lost;
      strikes.failpointKills = cluster.failpointDeaths - before.failpoints;
      return strikes;
    },
    resumedMs,
    aloneMs,
    async heal() {
      healed = true;
      cluster.proxy.loseEvery(0);
      await Promise.all(campaigns);
      await Promise.all(watches);
    },
  };
}

async function ownedBy({ connection }: Cluster, { process }: Member): Promise<string[]> {
  // A server says at its start which engine it is.
  const engine = /"engine":"([0-9a-f-]{36})"/.exec(process.logs())?.[1];
  if (engine === undefined) return [];
  const rows = await rowsOf(
    connection,
    `select run_id::text as run from run_live where engine = '${engine}' and status = 'running'`,
  );
  return rows.map(({ run }) => String(run));
}

function randomFailpoint(): string {
  const point = FAILPOINTS[Math.floor(Math.random() * FAILPOINTS.length)] ?? 'before-flush';
  return `${point}:${1 + Math.floor(Math.random() * 60)}:kill`;
}
