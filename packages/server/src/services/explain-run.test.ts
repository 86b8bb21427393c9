import type { RunStatus } from '@tenuto/contract';
import type { InterventionRecord, RunStanding } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { type RunFacts, reasonsOfRun } from './explain-run.ts';

const NOW = Date.UTC(2026, 0, 15, 9, 30);
const ENGINE = { engineId: 'e-1', name: 'north', alive: true };

function standing(over: Partial<RunStanding> = {}): RunStanding {
  return { engine: ENGINE, engines: 1, ahead: 0, told: [], wakeAt: NOW, started: [], ...over };
}

function facts(status: RunStatus, over: Partial<RunFacts> = {}): RunFacts {
  return {
    run: { over: false, scheduledAt: null, startedAt: NOW, completedAt: null, progress: null },
    status,
    standing: standing(),
    ...{ paused: undefined, recovery: undefined, undoing: undefined },
    ...{ interventions: [], approvals: [] },
    now: NOW,
    ...over,
  };
}

const NOT_STARTED = { ...facts('queued').run, startedAt: null };
const first = (of: RunFacts) => reasonsOfRun(of)[0];

describe('a run that goes on', () => {
  it('has no reason to wait of its own', () => {
    expect(reasonsOfRun(facts('running'))).toEqual([]);
  });

  it('and is out of memory until something is to be done has none either', () => {
    const parked = standing({ engine: null, wakeAt: NOW + 60_000 });
    expect(reasonsOfRun(facts('running', { standing: parked }))).toEqual([]);
    const asleep = standing({ engine: null, wakeAt: null });
    expect(reasonsOfRun(facts('running', { standing: asleep }))).toEqual([]);
  });

  it('but was given back waits for an engine', () => {
    const back = standing({ engine: null, wakeAt: NOW - 1 });
    expect(first(facts('running', { standing: back }))?.cause).toBe('queued');
  });

  it('but has lost its engine waits for another', () => {
    const lost = standing({ engine: { ...ENGINE, alive: false } });
    expect(first(facts('running', { standing: lost }))).toMatchObject({
      ...{ cause: 'owner_lost', of: { engine: 'north' } },
      detail: expect.stringContaining('north'),
    });
  });
});

describe('a run that has not started', () => {
  it('waits for its time', () => {
    const until = NOW + 3_600_000;
    const of = facts('scheduled', {
      run: { ...NOT_STARTED, scheduledAt: until },
      standing: standing({ engine: null, wakeAt: until }),
    });
    expect(first(of)).toMatchObject({ cause: 'scheduled', until: '2026-01-15T10:30:00.000Z' });
    expect(first({ ...of, now: until })?.cause).toBe('queued');
  });

  it.each([
    [0, 2, 'Nothing of its owner stands before it; 2 engines have no room for it yet.'],
    [1, 1, '1 run of its owner stands before it; 1 engine has no room for it yet.'],
    [7, 3, '7 runs of its owner stand before it; 3 engines have no room for it yet.'],
  ])('waits behind %s in the queue of %s engines', (ahead, engines, detail) => {
    const queue = standing({ engine: null, ahead, engines });
    expect(first(facts('queued', { run: NOT_STARTED, standing: queue }))).toMatchObject({
      ...{ cause: 'queued', detail, of: { ahead, engines } },
    });
  });

  it('waits for an engine when there is none', () => {
    const none = standing({ engine: null, engines: 0, ahead: 5 });
    expect(first(facts('queued', { run: NOT_STARTED, standing: none }))?.cause).toBe('no_engine');
  });

  it('may be held back, by somebody, since some time', () => {
    const paused = { at: NOW - 5_000, actor: 'ann', reason: 'freeze' };
    const held = standing({ engine: null, wakeAt: null });
    expect(
      reasonsOfRun(facts('paused', { run: NOT_STARTED, standing: held, paused })),
    ).toMatchObject([
      {
        ...{ cause: 'paused', detail: 'The run is held back in the queue by ann: freeze' },
        ...{ since: '2026-01-15T09:29:55.000Z', of: { by: 'ann' }, frees: 'A resume.' },
      },
    ]);
  });
});

describe('a run that has started', () => {
  it('may be paused, by whom nobody knows', () => {
    expect(first(facts('paused'))).toMatchObject({
      ...{ cause: 'paused', detail: 'The run is paused.', since: null },
    });
  });

  it.each(['cancelled', 'aborted', 'timeout'] as const)('and is %s cleans up', (status) => {
    expect(first(facts(status))).toMatchObject({
      ...{ cause: 'cancelling', detail: expect.stringContaining(status) },
    });
  });

  it('may have been asked to cancel, which comes before everything else', () => {
    const told = standing({ engine: { ...ENGINE, alive: false }, told: ['pause', 'cancel'] });
    const causes = reasonsOfRun(facts('running', { standing: told })).map(({ cause }) => cause);
    expect(causes).toEqual(['cancelling', 'owner_lost', 'message']);
  });

  it('may have been told something that it has yet to hear', () => {
    const told = standing({ told: ['signal', 'signal', 'resolve'] });
    expect(first(facts('running', { standing: told }))).toMatchObject({
      ...{ cause: 'message', of: { told: ['signal', 'resolve'] } },
    });
  });

  it('may be recovering, and says how far it is', () => {
    const recovery = {
      sessionId: 's-1',
      action: 'rollback_state',
      actor: 'policy',
      startedAt: NOW - 1_000,
    } as const;
    const undoing = { session: 's-1', done: 2, left: 5 };
    expect(first(facts('recovering', { recovery, undoing }))).toMatchObject({
      ...{ cause: 'recovering', since: '2026-01-15T09:29:59.000Z' },
      detail: 'The run is being recovered by rollback_state; 2 undone, 5 still to be undone.',
      of: { session_id: 's-1', action: 'rollback_state', by: 'policy', done: 2, left: 5 },
    });
    expect(first(facts('recovering'))?.detail).toBe('The run is being recovered.');
    expect(first(facts('retrying'))).toMatchObject({ cause: 'retrying' });
  });

  it('may wait for a decision about it as a whole', () => {
    const asked: InterventionRecord = {
      ...{ interventionId: 'i-1', runId: 'r', owner: 'ann', sessionId: 's', node: null },
      ...{ nodeId: null, message: 'It has stalled.', error: null, state: 'open', version: 1 },
      ...{ assignee: null, openedAt: NOW, deadlineAt: NOW + 60_000, result: null },
      ...{ defaultResolution: 'abort', resolution: null, resolvedBy: null, resolvedAt: null },
    };
    expect(first(facts('running', { interventions: [asked] }))).toMatchObject({
      ...{ cause: 'intervention', until: '2026-01-15T09:31:00.000Z' },
      detail:
        'Somebody has to decide, or at 2026-01-15T09:31:00.000Z it is aborted: It has stalled.',
      of: { intervention_id: 'i-1', assignee: null, default: 'abort' },
    });
    const given = { ...asked, assignee: 'bob', deadlineAt: null };
    expect(first(facts('running', { interventions: [given] }))?.detail).toBe(
      'bob has to decide: It has stalled.',
    );
  });
});

describe('a run that is over', () => {
  const over = (status: RunStatus, error?: Record<string, string>) =>
    reasonsOfRun(
      facts(status, {
        run: {
          ...{ over: true, scheduledAt: null, startedAt: NOW, completedAt: NOW },
          progress: error === undefined ? {} : { error },
        },
        standing: undefined,
      }),
    );

  it('says how, since when, and what went wrong', () => {
    expect(over('failed', { type: 'x', message: 'exit code 1', node_id: 'build' })).toMatchObject([
      {
        ...{ cause: 'over', since: '2026-01-15T09:30:00.000Z' },
        detail: 'The run has failed because of "build": exit code 1',
        of: { status: 'failed', node_id: 'build' },
      },
    ]);
  });

  it.each([
    ['failed', 'The run has failed.', true],
    ['timeout', 'The run ran out of time.', true],
    ['completed', 'The run has completed.', false],
    ['cancelled', 'The run was cancelled.', false],
    ['aborted', 'The run was aborted.', false],
  ] as const)('%s: %s Can be taken up again: %s', (status, detail, again) => {
    const [reason] = over(status);
    expect(reason?.frees !== null).toBe(again);
    expect(reason?.detail).toBe(detail);
  });
});
