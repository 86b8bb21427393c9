import type { Cause, NodeStatus } from '@tenuto/contract';
import { compilePlan, type InterventionRecord, type NodeSpec, type NodeView } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { type NodeFacts, reasonOfNode } from './explain-node.ts';

const NOW = Date.UTC(2026, 0, 15, 9, 30);

function specOf(fields: object): NodeSpec {
  const plan = compilePlan({ nodes: [{ id: 'n', uses: 'noop', ...fields }] });
  const [spec] = plan.specs;
  if (spec === undefined) throw new Error('no spec');
  return spec;
}

function facts(
  status: NodeStatus,
  over: Partial<Omit<NodeFacts, 'view' | 'run'>> & {
    readonly view?: Partial<NodeView>;
    readonly run?: Partial<NodeFacts['run']>;
  } = {},
): NodeFacts {
  const { view, run, ...rest } = over;
  return {
    spec: specOf({}),
    ...{ parents: [], group: undefined, fullGroup: undefined },
    ...{ startedAt: undefined, intervention: undefined },
    ...rest,
    view: { index: 0, id: 'n', status, attempts: 0, generation: 0, kind: 'work', ...view },
    run: {
      ...{
        owner: 'ann',
        paused: false,
        undoing: false,
        isFinal: false,
        running: 0,
        maxConcurrentNodes: 10,
        isHere: true,
      },
      ...run,
    },
  };
}

const reason = (...given: Parameters<typeof facts>) => reasonOfNode(facts(...given));
const parent = (id: string, status: NodeStatus) => ({ id, status });

describe('a node that is pending', () => {
  it('waits for the parents that have not ended', () => {
    const parents = [
      parent('a', 'completed'),
      parent('b', 'running'),
      parent('c', 'skipped'),
      parent('d', 'pending'),
    ];
    expect(reason('pending', { parents })).toEqual({
      ...{ cause: 'parents', detail: '"b", "d" have not ended.', frees: 'Their end.' },
      ...{ since: null, until: null, of: { parents: ['b', 'd'], count: 2 } },
    });
  });

  it('names a few of many, and counts them all', () => {
    const parents = Array.from({ length: 50 }, (_, i) => parent(`p${i}`, 'running'));
    const { detail, of } = reason('pending', { parents });
    expect(detail).toBe('"p0", "p1", "p2", "p3", "p4" and 45 more have not ended.');
    expect(of).toMatchObject({ count: 50 });
    expect(of?.parents).toHaveLength(20);
  });

  it('may be freed by the first of them', () => {
    const spec = specOf({ dependency_condition: 'any' });
    const parents = [parent('a', 'running')];
    expect(reason('pending', { spec, parents }).frees).toBe('The first of them to complete.');
  });

  it('may stand in a group that has not started', () => {
    const group = parent('g', 'pending');
    expect(reason('pending', { group })).toMatchObject({ cause: 'group', of: { group: 'g' } });
    expect(reason('pending', { group: parent('g', 'running') }).cause).toBe('parents');
  });

  it('may be a cleanup node, which comes last', () => {
    expect(reason('pending', { spec: specOf({ type: 'cleanup' }) }).cause).toBe('cleanup');
  });

  it('waits for a recovery of the run that is going on', () => {
    expect(reason('pending', { run: { undoing: true } }).cause).toBe('recovering');
  });
});

describe('a node that is ready', () => {
  it.each<[Cause, Parameters<typeof facts>[1]]>([
    ['paused', { run: { paused: true } }],
    ['group_full', { fullGroup: { id: 'g', most: 2 } }],
    ['other_engine', { run: { isHere: false } }],
    ['max_concurrent_nodes', { run: { running: 10 } }],
    ['engine_slots', {}],
  ])('waits because of %s', (cause, over) => {
    const found = reason('ready', over);
    expect(found.cause).toBe(cause);
    expect(found.frees).not.toBeNull();
  });

  it('says how many may run', () => {
    expect(reason('ready', { fullGroup: { id: 'g', most: 1 } }).detail).toBe(
      'Its group "g" lets one child run at once.',
    );
    expect(reason('ready', { fullGroup: { id: 'g', most: 3 } }).detail).toBe(
      'Its group "g" lets 3 children run at once.',
    );
    expect(reason('ready', { run: { running: 10 } }).of).toEqual({
      ...{ running: 10, max_concurrent_nodes: 10 },
    });
  });
});

describe('a node that is running', () => {
  it('says since when, until when at the latest, and for what', () => {
    const spec = specOf({ timeout_seconds: 60, heartbeat_seconds: 5 });
    const view = { attempts: 3, kind: 'rollback', generation: 1 } as const;
    expect(reason('running', { spec, view, startedAt: NOW })).toEqual({
      cause: 'running',
      detail: 'An attempt to undo it is going on; silent for 5 s it is given up as lost.',
      frees: 'Its end, or its timeout.',
      ...{ since: '2026-01-15T09:30:00.000Z', until: '2026-01-15T09:31:00.000Z' },
      of: { attempt: 3, kind: 'rollback', generation: 1 },
    });
  });

  it('may have begun only just now', () => {
    expect(reason('running')).toMatchObject({
      detail: 'An attempt is going on for some seconds at most.',
      ...{ since: null, until: null },
    });
  });

  it('and does no work of its own waits for its children', () => {
    const plan = compilePlan({
      nodes: [{ id: 'g', type: 'parallel_group', children: [{ id: 'c', uses: 'noop' }] }],
    });
    expect(reason('running', { spec: plan.specs[0] }).cause).toBe('children');
  });
});

describe('a node that waits', () => {
  it('for a retry says which attempt failed of what, and when the next is', () => {
    const waitingFor = { until: NOW, retry: true };
    const error = { type: 'http_503', message: '' };
    const spec = specOf({ max_retries: 3 });
    expect(reason('waiting', { spec, view: { attempts: 2, waitingFor, error } })).toMatchObject({
      ...{ cause: 'retry', until: '2026-01-15T09:30:00.000Z' },
      detail: 'Attempt 2 of 4 failed (http_503); the next is made at 2026-01-15T09:30:00.000Z.',
      of: { attempts: 2, max_attempts: 4 },
    });
    const later = reason('waiting', { spec, view: { attempts: 6, waitingFor, generation: 1 } });
    expect(later.detail).toMatch(/^The last attempt failed;/);
    expect(later.of).toEqual({ attempts: 6 });
  });

  it('for a time', () => {
    const waitingFor = { until: NOW, retry: false };
    expect(reason('waiting', { view: { waitingFor } })).toMatchObject({
      ...{ cause: 'sleep', until: '2026-01-15T09:30:00.000Z' },
    });
  });

  it('for another run', () => {
    expect(reason('waiting', { view: { waitingFor: { runId: 'r-2' } } })).toMatchObject({
      ...{ cause: 'sub_run', of: { run_id: 'r-2' } },
    });
  });

  it('for a signal, for ever or not', () => {
    expect(reason('waiting', { view: { waitingFor: { signal: 'go' } } })).toMatchObject({
      ...{ cause: 'signal', until: null, of: { signal: 'go' } },
    });
    const waitingFor = { signal: 'go', until: NOW };
    expect(reason('waiting', { view: { waitingFor } })).toMatchObject({
      ...{ until: '2026-01-15T09:30:00.000Z', detail: expect.stringContaining('fails without') },
    });
  });

  it('for somebody who says next, and tells who may and how', () => {
    const phase = { id: 'building', name: 'Building' };
    const told = reason('waiting', { view: { waitingFor: { signal: 'next:building' } }, phase });
    expect(told).toMatchObject({
      cause: 'phase',
      detail: 'The phase "Building" waits for somebody to say next.',
      of: { phases: ['building'], owner: 'ann', scope: 'runs:write' },
    });
    expect(told.frees).toMatch(
      /\(ann\) or an administrator.*runs:write.*tenuto run next.*POST \/runs\/\{run_id\}\/next/,
    );
  });

  it('for a circuit to be tried again', () => {
    const waitingFor = { circuit: 'http.request api.example.com', until: NOW };
    expect(reason('waiting', { view: { waitingFor } })).toMatchObject({
      ...{ cause: 'circuit', until: '2026-01-15T09:30:00.000Z' },
      of: { circuit: 'http.request api.example.com' },
    });
    const probed = { circuit: 'mine' };
    expect(reason('waiting', { view: { waitingFor: probed } }).until).toBeNull();
  });

  it('for a decision, whoever is to make it', () => {
    const view = { waitingFor: { intervention: 'i-1' } };
    const intervention: InterventionRecord = {
      ...{ interventionId: 'i-1', runId: 'r', owner: 'ann', sessionId: 's', node: 0 },
      ...{ nodeId: 'n', message: 'Refused.', error: null, state: 'assigned', version: 2 },
      ...{ assignee: 'bob', openedAt: NOW, deadlineAt: NOW, result: null },
      ...{ defaultResolution: 'skip', resolution: null, resolvedBy: null, resolvedAt: null },
    };
    expect(reason('waiting', { view, intervention })).toMatchObject({
      ...{
        cause: 'intervention',
        detail: expect.stringMatching(/^bob has to decide, or at .* it is skipped: Refused\.$/),
      },
    });
    expect(reason('waiting', { view })).toMatchObject({
      ...{ cause: 'intervention', of: { intervention_id: 'i-1' } },
    });
  });
});

describe('a node that has ended', () => {
  it('badly says with what', () => {
    const error = { type: 'exit', message: 'exit code 1' };
    expect(reason('failed', { view: { attempts: 4, error } })).toMatchObject({
      ...{ cause: 'failed', detail: 'It failed after 4 attempts: exit code 1' },
    });
    expect(reason('timeout', { view: { attempts: 1 } }).detail).toBe(
      'It ran out of time after 1 attempt.',
    );
    const group = { type: 'group', message: 'A child of the group did not complete.' };
    expect(reason('failed', { view: { error: group } }).detail).toBe(
      'It failed: A child of the group did not complete.',
    );
  });

  it('is promised no retry that would leave it alone', () => {
    const { frees } = reason('failed', { view: { attempts: 1 } });
    expect(frees).toBe('A retry of the run from what failed, or a recovery.');
    const run = { isFinal: true };
    expect(reason('failed', { view: { attempts: 1 }, run }).frees).toBeNull();
    const error = { type: 'upstream_failed', message: '' };
    expect(reason('failed', { view: { error }, run }).frees).toBeNull();
    const spec = specOf({ allow_failure: true });
    expect(reason('failed', { view: { attempts: 2 }, spec })).toMatchObject({
      ...{ detail: 'It failed after 2 attempts, as it may.', frees: null },
    });
  });

  it('because of those before it names them', () => {
    const error = { type: 'upstream_failed', message: '' };
    const parents = [parent('a', 'completed'), parent('b', 'failed')];
    expect(reason('failed', { view: { error }, parents })).toMatchObject({
      ...{ cause: 'upstream_failed', detail: 'It depends on "b", which did not complete.' },
    });
  });

  it.each([
    ['a branch', { parents: [{ ...parent('check', 'completed'), notTaken: true }] }, /"check"/],
    ['a parent', { parents: [parent('a', 'skipped')] }, /"a", which did not run/],
    ['its own if', { spec: specOf({ if: false }) }, /`if` is false/],
    ['a condition', {}, /condition was false/],
    ['a recovery', { view: { output: { by: 'hand' } } }, /by a recovery/],
  ])('as skipped says it was because of %s', (_, over, detail) => {
    expect(reason('skipped', over)).toMatchObject({
      ...{ cause: 'skipped', detail: expect.stringMatching(detail), frees: null },
    });
  });

  it('in any other way says so', () => {
    expect(reason('completed').cause).toBe('completed');
    expect(reason('cancelled').cause).toBe('cancelled');
  });
});
