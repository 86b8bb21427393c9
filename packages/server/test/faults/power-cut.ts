import { effectJob, startLoad } from './load.ts';
import { makeLoopDisk } from './loop-disk.ts';
import { until, untilIdle } from './moments.ts';
import { connectionOf, type Stage } from './stage.ts';
import { type Facts, readEnd, readFacts, violationsOf } from './verdict.ts';

export interface PowerCuts {
  /** Acknowledged before a cut. */
  readonly jobs: number;
  /** Of these, those that had not ended when the power went. */
  readonly unfinished: number;
  readonly violations: readonly string[];
  /** Milliseconds from the start of a server on the recovered disk until it answers. */
  readonly backMs: readonly number[];
}

const DISK_MIB = 768;
const MORE_THAN_CAN_BE_SENT = 1_000_000;

/** Cuts the power of the disk with the data folder while jobs are acknowledged, again and again. */
export async function cutPower(
  stage: Stage,
  { cuts, jobsAtCut }: { readonly cuts: number; readonly jobsAtCut: (cut: number) => number },
): Promise<PowerCuts> {
  const disk = await makeLoopDisk(stage.folder, DISK_MIB);
  stage.undo(disk.unmount);
  const dataDir = `${disk.folder}/data`;
  const acknowledged = new Map<string, string>();
  const violations: string[] = [];
  const backMs: number[] = [];
  let unfinished = 0;
  let server = stage.start({ dataDir });
  for (let cut = 1; cut <= cuts; cut += 1) {
    await server.ready;
    const load = startLoad({
      client: () => server.ready,
      body: (name) => effectJob(name, { effects: stage.effects, seconds: 0.05 }),
      count: MORE_THAN_CAN_BE_SENT,
      prefix: `cut-${cut}`,
    });
    await until('enough submissions', () => load.acknowledged.size >= jobsAtCut(cut));
    await disk.cutPower();
    load.stop();
    await server.kill();
    await load.done;
    for (const [name, id] of load.acknowledged) acknowledged.set(name, id);
    await disk.unmount();
    await disk.recover();
    const at = performance.now();
    server = stage.start({ dataDir });
    await server.ready;
    backMs.push(performance.now() - at);
    const connection = await connectionOf(dataDir);
    const back = await readFacts(connection, stage.effects);
    unfinished += back.runs.filter(({ over }) => !over).length;
    await untilIdle(connection);
    const facts = await readEnd(connection, stage.effects);
    violations.push(...violationsOf(withoutUnsent(facts), { acknowledged }));
  }
  return { jobs: acknowledged.size, unfinished, violations, backMs };
}

/** A run that was not acknowledged may be gone, with what its commands have left. */
function withoutUnsent(facts: Facts): Facts {
  const stored = new Set(facts.runs.map(({ run }) => run));
  return { ...facts, effects: facts.effects.filter(({ run }) => stored.has(run)) };
}
