import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { report, spread } from './figures.ts';
import { effectJob, startLoad } from './load.ts';
import { makeLoopDisk, whyNoLoopDisk } from './loop-disk.ts';
import { until, untilIdle } from './moments.ts';
import { connectionOf, openStage, type Stage } from './stage.ts';
import { readEnd, violationsOf } from './verdict.ts';

const ROUNDS = 3;
/** Makes jobs large, so that what is written before the disk is full is soon used up. */
const BALLAST = randomBytes(50_000).toString('hex');
const DISK_MIB = 512;
const reason = whyNoLoopDisk();

/** What was answered to jobs, and what the health check told, when the disk was full. */
const refusals = new Set<string>();
const told = new Set<string>();

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('when the disk of the data folder is full', () => {
  it('says so, acknowledges nothing it could lose, and goes on when there is room', async (context) => {
    if (reason !== undefined) context.skip(`no disk of its own: ${reason}`);
    const disk = await makeLoopDisk(stage.folder, DISK_MIB);
    stage.undo(disk.unmount);
    const dataDir = join(disk.folder, 'data');
    const server = stage.start({ dataDir });
    const client = await server.ready;
    const acknowledged = new Map<string, string>();
    const resumedMs: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const load = startLoad({
        client: () => server.ready,
        body: (name) => ({
          ...effectJob(name, { effects: stage.effects, seconds: 0 }),
          execution_context: { ballast: BALLAST },
        }),
        count: 1_000_000,
        prefix: `round-${round}`,
      });
      await until('the first submissions', () => load.acknowledged.size > 50);
      const filler = join(disk.folder, 'filler');
      await until('a refusal', async () => {
        // Again and again: there is a reserve that is given up, and room in files that are there.
        await fill(filler);
        return load.refusals.size > 0;
      });
      for (const each of load.refusals.keys()) refusals.add(each);
      const health = await client.health();
      for (const { detail, warnings } of Object.values(health.checks)) {
        for (const each of [detail, ...(warnings ?? [])]) if (each !== undefined) told.add(each);
      }
      const before = load.acknowledged.size;
      await rm(filler);
      const at = performance.now();
      await until('the next acknowledgement', () => load.acknowledged.size > before);
      resumedMs.push(performance.now() - at);
      load.stop();
      await load.done;
      for (const [name, id] of load.acknowledged) acknowledged.set(name, id);
      const connection = await connectionOf(dataDir);
      await untilIdle(connection);
      const facts = await readEnd(connection, stage.effects);
      expect(violationsOf(facts, { acknowledged })).toEqual([]);
    }
    report('disk full', { rounds: ROUNDS, jobs: acknowledged.size, resumed: spread(resumedMs) });
    expect([...told].join('\n')).toMatch(/The disk of the data folder is nearly full/);
    expect([...told].join('\n')).toMatch(/No space left on device/);
  }, 600_000);

  it('names the cause in what it answers to a job, too', (context) => {
    if (reason !== undefined) context.skip(`no disk of its own: ${reason}`);
    expect([...refusals].join('\n')).toMatch(/disk|space/i);
  });
});

/** Writes until there is no room left, not even for root. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'a');
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  try {
    for (let size = chunk.length; size >= 4096; ) {
      const written = await file.write(chunk, 0, size).then(
        ({ bytesWritten }) => bytesWritten,
        (error: unknown) => {
          if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return 0;
          throw error;
        },
      );
      if (written < size) size = size / 2;
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
