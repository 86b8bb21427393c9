import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createManualClock, settled } from '../test/manual-clock.ts';
import { callOf, endOf, eventOf, journaled, startOf } from '../test/records.ts';
import {
  type Answer,
  away,
  createScriptedLane,
  refused,
  type Step,
} from '../test/scripted-lane.ts';
import { createJournal, type JournalListener } from './journal.ts';
import type { Batch, FlushResult, StoreFault } from './ports/store.ts';
import type { Journaled, JournalRecord } from './record.ts';

/** What a journal told, and the journal. */
function openJournal(...script: readonly Step[]) {
  const clock = createManualClock();
  const lane = createScriptedLane(...script);
  const told = {
    committed: [] as JournalRecord[],
    results: [] as FlushResult[],
    poisoned: [] as { run: Journaled; records: readonly JournalRecord[]; fault: StoreFault }[],
    lost: [] as string[],
    troubled: [] as (string | undefined)[],
  };
  const listener: JournalListener = {
    committed(records, result) {
      told.committed.push(...records);
      told.results.push(result);
    },
    poisoned: (run, records, fault) => void told.poisoned.push({ run, records, fault }),
    lost: (outcome) => void told.lost.push(outcome),
    troubled: (fault) => void told.troubled.push(fault?.message),
  };
  return { clock, lane, told, journal: createJournal(lane, clock, listener) };
}

const eventsIn = (batches: readonly Batch[]) => batches.map(({ events }) => events.length);

describe('a journal', () => {
  test('flushes what is there at once, and together what comes meanwhile', async () => {
    let release = (_answer: Answer) => {};
    const first = new Promise<Answer>((resolve) => {
      release = resolve;
    });
    const { journal, lane, told } = openJournal(() => first, {});
    const run = journaled();
    journal.append(eventOf(run, 1));
    await settled();
    for (let seq = 2; seq <= 5; seq += 1) journal.append(eventOf(run, seq));
    expect(journal.backlog()).toBe(5);
    expect(told.committed).toEqual([]);
    release({});
    await settled();
    expect(eventsIn(lane.sent)).toEqual([1, 4]);
    expect(lane.sent.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(told.committed.map((record) => record.kind === 'event' && record.row.seq)).toEqual([
      1, 2, 3, 4, 5,
    ]);
    expect(journal.backlog()).toBe(0);
  });

  test('sends the same batch again until it is settled, ever more slowly, and says so', async () => {
    const { journal, lane, told, clock } = openJournal(away(), away(), away(), {});
    journal.append(eventOf(journaled(), 1));
    await settled();
    expect(lane.sent).toHaveLength(1);
    await clock.advance(19);
    expect(lane.sent).toHaveLength(1);
    await clock.advance(1);
    expect(lane.sent).toHaveLength(2);
    await clock.advance(40 + 80);
    expect(lane.sent).toHaveLength(4);
    expect(new Set(lane.sent).size).toBe(1);
    expect(told.troubled).toEqual([...Array(3).fill('the database is away'), undefined]);
    expect(told.committed).toHaveLength(1);
  });

  test('that is refused after its reply was lost is not cut up: the first copy may be committed', async () => {
    const { journal, lane, told, clock } = openJournal(away(), refused());
    const run = journaled();
    journal.append(eventOf(run, 1));
    await settled();
    journal.append(eventOf(journaled(), 1));
    await clock.advance(20);
    expect(lane.sent).toHaveLength(2);
    expect([told.lost, told.poisoned]).toEqual([['unclear'], []]);
    await clock.advance(60_000);
    expect(lane.sent).toHaveLength(2);
    expect(journal.backlog()).toBe(0);
  });

  test.each(['fenced', 'gap'] as const)('that is %s writes nothing more', async (outcome) => {
    const { journal, lane, told } = openJournal({ outcome });
    const run = journaled();
    journal.append(eventOf(run, 1));
    await settled();
    journal.append(eventOf(run, 2));
    await settled();
    expect(told).toMatchObject({ lost: [outcome], committed: [] });
    expect(lane.sent).toHaveLength(1);
    expect(journal.backlog()).toBe(0);
  });

  test('that is abandoned drops what it has, and takes no notice of late answers', async () => {
    const { journal, lane, told, clock } = openJournal(away(), {});
    journal.append(eventOf(journaled(), 1));
    await settled();
    journal.append(eventOf(journaled(), 1));
    journal.abandon();
    await clock.advance(60_000);
    expect(told.committed).toEqual([]);
    expect(told.lost).toEqual([]);
    expect(lane.sent.length).toBeLessThanOrEqual(2);
  });

  test('forgets what a run still had to say, and only that', async () => {
    const { journal, told } = openJournal();
    const [kept, forgotten] = [journaled(), journaled()];
    for (const seq of [1, 2, 3]) {
      journal.append(eventOf(forgotten, seq));
      journal.append(eventOf(kept, seq));
    }
    journal.forget(forgotten);
    expect(journal.backlog()).toBe(3);
    await settled();
    expect(told.committed.map(({ run }) => run)).toEqual([kept, kept, kept]);
    expect(journal.backlog()).toBe(0);
  });
});

describe('a refused batch', () => {
  test('is halved by run until the wrong ones are alone; order and numbers stay', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ rows: fc.integer({ min: 1, max: 4 }), bad: fc.boolean() }), {
          minLength: 1,
          maxLength: 40,
        }),
        async (given) => {
          const wrong = new Set<string>();
          const stored: string[] = [];
          let last = 0;
          const { journal, told } = openJournal((batch) => {
            const ids = batch.events.map(({ runId }) => runId.text);
            if (ids.some((id) => wrong.has(id))) return refused();
            expect(batch.seq).toBe(last + 1);
            last = batch.seq;
            stored.push(...batch.events.map(({ runId, seq }) => `${runId.text}:${seq}`));
            return {};
          });
          const expected: string[] = [];
          for (const { rows, bad } of given) {
            const run = journaled();
            if (bad) wrong.add(run.id.text);
            for (let seq = 1; seq <= rows; seq += 1) {
              journal.append(eventOf(run, seq));
              if (!bad) expected.push(`${run.id.text}:${seq}`);
            }
          }
          for (let i = 0; i < 4; i += 1) await settled();
          expect(stored).toEqual(expected);
          expect(told.poisoned.map(({ run }) => run.id.text)).toEqual([...wrong]);
          expect(journal.backlog()).toBe(0);
        },
      ),
      { numRuns: 60 },
    ));

  test('that cannot even be written down is refused, not sent for ever', async () => {
    const { journal, told } = openJournal();
    const [good, bad] = [journaled(), journaled()];
    journal.append(startOf(bad, callOf(1, 70_000)));
    journal.append(eventOf(good, 1));
    await settled();
    expect(told.poisoned).toMatchObject([{ run: bad, fault: { kind: 'rejected' } }]);
    expect(told.committed.map(({ run }) => run)).toEqual([good]);
    journal.append(eventOf(good, 2));
    await settled();
    expect(told.committed).toHaveLength(2);
  });

  test('whose halves meet an outage are sent again, each until it is settled', async () => {
    const { journal, told, clock, lane } = openJournal(refused(), away(), {}, away(), {});
    for (let i = 0; i < 4; i += 1) journal.append(eventOf(journaled(), 1));
    await settled();
    await clock.advance(1_000);
    expect(told.committed).toHaveLength(4);
    expect(lane.sent.map(({ seq }) => seq)).toEqual([1, 1, 1, 2, 2]);
  });
});

describe('starts', () => {
  test('older than five seconds get rows; then their batches are not needed', async () => {
    const { journal, lane, clock } = openJournal();
    const run = journaled();
    const [short, long] = [callOf(1), callOf(2)];
    journal.append(startOf(run, short));
    journal.append(startOf(run, long));
    await settled();
    short.ended = true;
    journal.append(endOf(run, short));
    await settled();
    expect(lane.sent.map(({ floorSeq }) => floorSeq)).toEqual([1, 1]);
    await clock.advance(4_999);
    journal.promoteStarts();
    await settled();
    expect(lane.sent).toHaveLength(2);
    await clock.advance(1);
    journal.promoteStarts();
    await settled();
    const promotion = lane.sent[2];
    expect(promotion?.started).toMatchObject([{ runId: run.id, node: 2, attempt: 1 }]);
    expect(promotion?.floorSeq).toBe(1);
    long.ended = true;
    journal.append(endOf(run, long));
    await settled();
    expect(lane.sent[3]).toMatchObject({ floorSeq: 4, attempts: [{ node: 2, promoted: true }] });
  });

  test('that end while their promotion waits get no row', async () => {
    const { journal, lane, clock } = openJournal();
    const run = journaled();
    const call = callOf(1);
    journal.append(startOf(run, call));
    await settled();
    await clock.advance(6_000);
    journal.promoteStarts();
    call.ended = true;
    journal.append(endOf(run, call));
    await settled();
    expect(lane.sent.flatMap(({ started }) => started)).toEqual([]);
    expect(lane.sent.at(-1)?.attempts).toMatchObject([{ promoted: false }]);
    journal.append(eventOf(run, 9));
    await settled();
    expect(lane.sent.at(-1)?.floorSeq).toBe(lane.sent.at(-1)?.seq);
  });
});
