import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { examinedLive, examinedOver } from '../../test/examined.ts';
import { work } from '../../test/graph-nodes.ts';
import { type ModelGraph, modelGraph } from '../../test/random-graph.ts';
import { type ModelRun, playModel } from '../../test/random-run.ts';
import { play } from '../../test/scenario.ts';
import type { ExaminedRun } from '../ports/doctor-store.ts';
import type { AttemptEnded, JournalEntry } from '../run/index.ts';
import { judgeRun } from './replay.ts';

const TWICE = { retry: { max_attempts: 2 } };
const tidy = { id: 'tidy', type: 'cleanup' as const, uses: 'x' };

/** A chain of two that has completed, each node at its first attempt. */
function completed() {
  const run = play([work('a', TWICE), work('b', { needs: ['a'], ...TWICE }), tidy]);
  run.finish();
  return run;
}

const found = (run: { plan: Parameters<typeof judgeRun>[0] }, row: ExaminedRun) =>
  judgeRun(run.plan, row).map(({ check, detail }) => `${check}: ${detail}`);

/** The row with another journal. */
function withEntries(
  row: ExaminedRun,
  change: (entries: readonly JournalEntry[]) => readonly JournalEntry[],
): ExaminedRun {
  return { ...row, journal: { ...row.journal, entries: change(row.journal.entries) } };
}

const end = (seq: number, more: Partial<AttemptEnded>): JournalEntry => ({
  seq,
  event: {
    ...{ type: 'ended', at: 2_000, node: 0, attempt: 1, startedAt: 1_999 },
    ...{ status: 'completed', ...more },
  },
});

describe('a run whose row says what its journal says', () => {
  it('has nothing wrong with it when it is over', () => {
    const run = completed();
    expect(found(run, examinedOver(run))).toEqual([]);
  });

  it('has nothing wrong with it while it goes on', () => {
    const run = play([work('a'), work('b', { needs: ['a'] })]);
    expect(found(run, examinedLive(run))).toEqual([]);
    run.start();
    run.complete('a');
    run.start();
    expect(found(run, examinedLive(run))).toEqual([]);
  });

  it('has nothing wrong with it before it has begun', () => {
    const run = play([work('a')]);
    const { startedAt: _, ...journal } = { ...run.journal(), entries: [] };
    expect(found(run, examinedLive(run, { status: 'queued', journal }))).toEqual([]);
  });

  it('may have been given up for good after it failed', () => {
    const run = play([work('a')]);
    run.start();
    run.fail('a');
    expect(run.run.status).toBe('failed');
    expect(found(run, examinedOver(run, { status: 'aborted' }))).toEqual([]);
  });

  it('may have been stopped, with work going on that ends later and a cleanup', () => {
    const run = play([work('a'), work('b'), tidy]);
    run.start();
    run.stop();
    run.complete('a');
    run.fail('b', { status: 'cancelled' });
    run.finish();
    expect(run.run.status).toBe('cancelled');
    expect(found(run, examinedOver(run))).toEqual([]);
  });

  it('may have been stopped and taken up again', () => {
    const run = play([work('a', TWICE), work('b', TWICE)], { failFast: true });
    run.start();
    run.fail('a');
    run.stop('failed');
    run.fail('b', { status: 'cancelled' });
    run.recover('retry_job');
    run.finish();
    expect(run.run.status).toBe('completed');
    expect(found(run, examinedOver(run))).toEqual([]);
  });

  it('has attempts of its own in each round', () => {
    const run = play([work('a', TWICE)]);
    run.start();
    run.fail('a', { retryAt: 1_500 });
    run.due('a');
    run.start();
    run.failAnd('a', 'retry_job', { retryAt: 1_600 });
    run.due('a');
    run.start();
    run.fail('a', { retryAt: 1_700 });
    run.due('a');
    run.finish();
    expect(run.run.status).toBe('completed');
    expect(found(run, examinedOver(run))).toEqual([]);
  });

  it('is undone with more attempts than its work may have', () => {
    const once = { retry: { max_attempts: 1 }, rollback: { uses: 'undo' } };
    const run = play([work('a', once), work('b', { needs: ['a'], ...once })]);
    run.start();
    run.complete('a');
    run.start();
    run.fail('b');
    run.recover('rollback_state', { step: { with: { after: 'fail' } } });
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      run.start();
      run.fail('a', { retryAt: 1_500 });
      run.due('a');
    }
    run.start();
    run.complete('a');
    expect(run.run.phase).toBe('over');
    expect(found(run, examinedOver(run))).toEqual([]);
  });
});

describe('a fallback of a node that makes one attempt', () => {
  it('is made again when it was cut off', () => {
    const once = { retry: { max_attempts: 1 }, fallback: { uses: 'other' } };
    const run = play([work('a', once)]);
    run.start();
    run.failAnd('a', 'fallback_strategy');
    run.start();
    run.fail('a', { retryAt: 1_500 });
    run.due('a');
    run.start();
    run.complete('a');
    expect(found(run, examinedOver(run))).toEqual([]);
  });
});

describe('a run whose journal cannot be', () => {
  it('is refused at the line that does not fit', () => {
    const run = completed();
    const row = withEntries(examinedOver(run), (entries) => entries.toReversed());
    expect(found(run, row)).toEqual(['replay_refused: Attempt 1 of node 2 is not going on.']);
  });

  it.each([-1, 7])('is refused when it speaks of node %i, which there is not', (node) => {
    const run = completed();
    const row = withEntries(examinedOver(run), () => [end(1, { node })]);
    expect(found(run, row)).toEqual([`replay_refused: Attempt 1 of node ${node} is not going on.`]);
  });

  it('is refused when there are lines, and the run has not begun', () => {
    const run = completed();
    const { startedAt: _, ...journal } = run.journal();
    expect(found(run, examinedOver(run, { journal }))).toEqual([
      'replay_refused: 3 lines of a journal, and the run has not begun',
    ]);
  });

  it('tells what it saw before the line that does not fit', () => {
    const run = completed();
    const row = withEntries(examinedOver(run), () => [
      end(1, { attempt: 2 }),
      end(2, { attempt: 2 }),
    ]);
    expect(found(run, row)).toEqual([
      'attempt_numbers: node 0 has attempt 2 where 1 comes next',
      'attempt_numbers: node 0 has attempt 2 where 3 comes next',
      'replay_refused: Attempt 2 of node 0 is not going on.',
    ]);
  });
});

describe('a run whose row says something else than its journal', () => {
  it('is told when it has not ended', () => {
    const run = play([work('a'), work('b', { needs: ['a'] })]);
    run.start();
    run.complete('a');
    expect(found(run, examinedOver(run, { status: 'completed' }))).toEqual([
      'replay_status: completed, and 1 nodes are open',
    ]);
  });

  it('is told when it completed although a node failed that may not', () => {
    const run = play([work('a'), work('b')]);
    run.start();
    run.complete('a');
    run.fail('b');
    expect(found(run, examinedOver(run, { status: 'completed' }))).toEqual([
      'replay_status: completed, and replay ends failed',
    ]);
  });

  it.each([
    'completed',
    'failed',
    'aborted',
  ] as const)('is told when it was cancelled and says %s', (status) => {
    const run = play([work('a')]);
    run.stop();
    expect(found(run, examinedOver(run, { status }))).toEqual([
      `replay_status: ${status}, and replay ends cancelled`,
    ]);
  });

  it('is told when it counts differently', () => {
    const run = completed();
    const counts = { pending: 0, running: 0, completed: 2, failed: 1, skipped: 0 };
    const row = examinedOver(run, { progress: { counts, retries: 4 } });
    expect(found(run, row)).toEqual([
      'replay_counts: completed is 2, replay has 3; failed is 1, replay has 0; ' +
        'retries is 4, replay has 0',
    ]);
  });

  it('is told when it counts nothing', () => {
    const run = completed();
    expect(found(run, examinedOver(run, { progress: null }))).toEqual([
      expect.stringMatching(/^replay_counts: pending is not written, replay has 0; /),
    ]);
  });

  it.each([
    'failed',
    'cancelled',
    'timeout',
    'aborted',
  ] as const)('is told when it is live and %s, and nothing in the journal says so', (status) => {
    const run = play([work('a')]);
    run.start();
    expect(found(run, examinedLive(run, { status }))).toEqual([
      `replay_status: ${status}, and its journal says running`,
    ]);
  });

  it('is left alone while it is live and only behind its journal', () => {
    const run = play([work('a'), work('b')]);
    run.start();
    run.stop();
    expect(found(run, examinedLive(run))).toEqual([]);
    expect(found(run, examinedLive(run, { status: 'cancelled' }))).toEqual([]);
    run.complete('a', 'b');
    expect(run.run.phase).toBe('over');
    expect(found(run, examinedLive(run))).toEqual([]);
  });
});

describe('a run that does more than it may', () => {
  it('is told when it goes beyond the attempts of its policy', () => {
    const run = play([work('a', TWICE)]);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      run.start();
      run.fail('a', { retryAt: 1_500 });
      run.due('a');
    }
    run.finish();
    expect(found(run, examinedOver(run))).toEqual([
      'attempts_exceeded: node 0 has had 3 attempts of 2',
      'attempts_exceeded: node 0 has had 4 attempts of 2',
    ]);
  });

  it('is told when it works after it was stopped', () => {
    const run = play([work('a'), tidy]);
    run.stop();
    run.finish();
    const row = withEntries(examinedOver(run), (entries) => [...entries, end(3, {})]);
    expect(found(run, row)).toEqual([
      'work_after_stop: attempt 1 of node 0 is reported after the stop',
      'replay_refused: Attempt 1 of node 0 is not going on.',
    ]);
  });

  it('is told when an attempt is missing', () => {
    const run = play([work('a', TWICE)]);
    run.start();
    run.fail('a', { retryAt: 1_500 });
    run.due('a');
    run.finish();
    const row = withEntries(examinedOver(run), (entries) => entries.slice(1));
    expect(found(run, row)).toEqual(['attempt_numbers: node 0 has attempt 2 where 1 comes next']);
    // In a fork it is the original that has had the first one.
    expect(found(run, { ...row, takenOver: 1 })).toEqual([]);
  });
});

const STEPS = 20_000;

/** Plays a random graph to its end, stopped and restarted on the way. */
function played(graph: ModelGraph): ModelRun {
  const model = playModel(graph);
  for (let step = 0; step < STEPS && model.step(); step += 1) {
    const stoppable = model.run.phase === 'work' && model.run.status === 'running';
    if (step === graph.stopAt && stoppable) model.stop('cancelled', true);
    if (step % 7 === 0) model.restart();
  }
  return model;
}

describe('random graphs', () => {
  it('are judged sound, whatever happened to them', () => {
    fc.assert(
      fc.property(modelGraph, (graph) => {
        const model = played(graph);
        expect(found(model, examinedOver(model))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are judged unsound when any line of their journal is missing or doubled', () => {
    fc.assert(
      fc.property(modelGraph, fc.nat(), fc.boolean(), (graph, pick, doubled) => {
        const model = played(graph);
        const row = examinedOver(model);
        const { entries } = row.journal;
        const at = pick % Math.max(1, entries.length);
        const line = entries[at];
        // A retry's end, a wait or a stop may be one that changes nothing in the end, and so may the
        // end of what is cancelled while it waits: the stop that comes next says the same.
        fc.pre(line?.event.type === 'ended' && line.event.retryAt === undefined);
        fc.pre(line.event.status !== 'cancelled');
        const spoilt = doubled ? entries.toSpliced(at, 0, line) : entries.toSpliced(at, 1);
        expect(
          found(
            model,
            withEntries(row, () => spoilt),
          ),
        ).not.toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
