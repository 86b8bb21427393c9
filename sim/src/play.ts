import type { Engine } from '@tenuto/engine';
import type { Fleet } from './fleet.ts';
import type { LiveRow } from './model/tables.ts';
import { checkEnding } from './oracles/ending.ts';
import { type History, violated } from './oracles/history.ts';
import { checkMemory } from './oracles/memory.ts';
import { createNewsOracle } from './oracles/news.ts';
import type { Clients } from './workload/clients.ts';
import type { Shape } from './workload/shape.ts';
import type { World } from './world.ts';

/** When faults are over, all must be over within this time. */
const LIVENESS_MS = 300_000;
/** After the last run has ended, what ends with it has this long. */
const SETTLE_MS = 3_000;
/** A transaction that a frozen process has left open keeps others from writing for as long as this. */
const LEFT_OPEN_MS = 35_000;
const MEMORY_EVERY_MS = 1_500;
/** The engine's loops, and a moment's work. */
const TIMERS_MOST = 14;

export interface Play {
  readonly world: World;
  readonly shape: Shape;
  readonly history: History;
  readonly fleet: Fleet;
  readonly clients: Clients;
  isHealed(): boolean;
}

/** Lets the world live until all is over, then judges what is left. */
export async function play({
  world,
  shape,
  history,
  fleet,
  clients,
  isHealed,
}: Play): Promise<void> {
  const onRejection = (error: unknown) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    violated(history, 'nothing is thrown', text);
  };
  process.on('unhandledRejection', onRejection);
  try {
    const deadline = shape.troubledMs + LIVENESS_MS;
    const { live } = history.tables;
    const checkNews = createNewsOracle(history, slowestOf(shape));
    let compareAt = MEMORY_EVERY_MS;
    await world.live(() => {
      if (history.violation !== undefined || world.now > deadline) return false;
      if (world.now > compareAt) {
        compareAt += MEMORY_EVERY_MS;
        compare(history, fleet);
        if (isHealed()) checkNews(fleet.serving().map(({ engine }) => engine.id));
      }
      return !isHealed() || clients.busy > 0 || live.size > 0;
    });
    if (live.size > 0) {
      const runs = [...live.values()].map((row) => unfinished(row, fleet));
      violated(history, 'runs come to an end', runs.join('\n  '));
    }
    const settled = world.now + SETTLE_MS + slowestOf(shape);
    await world.live(() => {
      if (history.violation !== undefined || world.now > settled + LEFT_OPEN_MS) return false;
      return world.now < settled || live.size > 0 || fleet.serving().some(isWriting);
    });
    if (history.violation === undefined) checkEnding(history);
    for (const { engine, host } of fleet.serving()) {
      if (host.state === 'up') checkIdle(history, engine.health(), host);
    }
  } catch (error) {
    onRejection(error);
  } finally {
    process.off('unhandledRejection', onRejection);
  }
}

/** What a call to the database may take besides what it takes usually. */
function slowestOf({ faults: { slow, slowMs } }: Shape): number {
  return slow > 0 ? slowMs : 0;
}

/** Where a run stands that has not ended. */
function unfinished(row: LiveRow, fleet: Fleet): string {
  const owner = fleet.members.find(({ engine }) => engine.id === row.engine);
  const run = owner?.engine.live(row.runId);
  const nodes = Array.from({ length: run?.nodeCount() ?? 0 }, (_, i) => run?.node(i));
  const states = nodes.flatMap((node) => {
    if (node === undefined) return [];
    const waits = node.waitingFor === undefined ? '' : ` for ${JSON.stringify(node.waitingFor)}`;
    return [`${node.id} ${node.status}${waits}, ${node.attempts} attempts`];
  });
  const memory = run === undefined ? 'not in memory' : `${run.status} [${states.join('; ')}]`;
  return `${row.runId} is ${row.status}, owned by ${owner?.host.name ?? row.engine ?? 'nobody'}: ${memory}`;
}

function isWriting({ engine }: { readonly engine: Engine }): boolean {
  return engine.health().journalBacklogRows > 0;
}

function compare(history: History, fleet: Fleet): void {
  for (const { engine, host, ready } of fleet.members) {
    if (ready && host.state === 'up') checkMemory(history, engine);
  }
}

/** With nothing to do an engine holds nothing. */
function checkIdle(
  history: History,
  health: ReturnType<Engine['health']>,
  host: { readonly name: string; readonly timers: number },
): void {
  const { ownedRuns, runningNodes, journalBacklogRows } = health;
  if (runningNodes !== 0)
    violated(history, 'slots come back', `${host.name} holds ${runningNodes}`);
  if (ownedRuns + journalBacklogRows > 0) {
    violated(
      history,
      'memory is freed',
      `${host.name}: ${ownedRuns} runs, ${journalBacklogRows} rows`,
    );
  }
  if (host.timers > TIMERS_MOST) {
    violated(history, 'timers are freed', `${host.name} has ${host.timers}`);
  }
}
