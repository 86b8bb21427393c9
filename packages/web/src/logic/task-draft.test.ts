import type { Task } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { bodyOf, draftOf, firstDraft, hasField } from './task-draft.ts';
import { faultAt, faultsBeside } from './task-faults.ts';
import { mergeChanges } from './task-merge.ts';

const first = firstDraft('Europe/Paris');

const task: Task = {
  ...{ task_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b', title: 'report', description: null },
  ...{ status: 'active', owner: 'ana', schedule_kind: 'event', schedule_expr: 'orders.*' },
  ...{ schedule_description: 'on events of orders.*', timezone: 'UTC', priority: 3 },
  payload: { template: 'pack', params: { warehouse: 'eu' } },
  ...{ filter: 'event.payload.amount > 10', batch: { max_events: 5, max_wait_seconds: 60 } },
  ...{ misfire_policy: 'fire_once', overlap_policy: 'queue', retry_policy: { max_attempts: 3 } },
  ...{ next_fire_at: null, snoozed: null, last_fired_at: null, fired_count: 0, queued_count: 0 },
  ...{ version: 2, created_at: '2026-01-14T09:30:00.000Z', created_by: 'ana' },
  ...{ updated_at: '2026-01-14T09:30:00.000Z', updated_by: 'ben' },
};

describe('the draft of a task', () => {
  it('becomes the body that makes it, with what its kind has', () => {
    const read = bodyOf({ ...first, title: ' report ' });
    expect(read).toMatchObject({
      body: {
        ...{ title: 'report', schedule_expr: '0 9 * * MON-FRI', timezone: 'Europe/Paris' },
        ...{ overlap_policy: 'skip', payload: { pipeline: [{ id: 'wait' }, { id: 'say' }] } },
      },
    });
    expect(read).not.toHaveProperty('body.probe');
    expect(bodyOf({ ...first, kind: 'condition' })).toHaveProperty('body.probe.uses');
    expect(hasField('event', 'filter')).toBe(true);
    expect(hasField('cron', 'filter')).toBe(false);
  });

  it('says what a task says, and so leaves all of it as it is', () => {
    expect(bodyOf(draftOf(task))).toEqual({
      body: {
        ...{ title: 'report', schedule_kind: 'event', schedule_expr: 'orders.*', timezone: 'UTC' },
        payload: { template: 'pack', params: { warehouse: 'eu' } },
        ...{ filter: 'event.payload.amount > 10', priority: 3, misfire_policy: 'fire_once' },
        ...{ overlap_policy: 'queue', batch: { max_events: 5, max_wait_seconds: 60 } },
        retry_policy: { max_attempts: 3 },
      },
    });
  });

  it('keeps what another kind would have', () => {
    const draft = { ...draftOf(task), kind: 'cron' as const };
    expect(bodyOf(draft)).not.toHaveProperty('body.filter');
    expect(bodyOf({ ...draft, kind: 'event' })).toHaveProperty('body.filter');
  });

  it('says at which places its texts are no JSON and no numbers', () => {
    const fields = { ...first.fields, max_runs: 'many' };
    const read = bodyOf({ ...first, pipeline: '[', fields });
    expect(read).toMatchObject({
      faults: [{ path: '/max_runs' }, { path: '/payload/pipeline' }],
    });
  });
});

describe('what is wrong with a task', () => {
  const faults = [
    { path: '/payload/pipeline/1/if', message: 'is wrong' },
    { path: '/schedule_expr', message: 'is no cron expression' },
    { path: '/elsewhere', message: 'is odd' },
  ];

  it('is said at its field, with the place in it', () => {
    expect(faultAt(faults, '/payload/pipeline')).toBe('/1/if is wrong');
    expect(faultAt(faults, '/schedule_expr')).toBe('is no cron expression');
    expect(faultAt(faults, '/timezone')).toBeUndefined();
  });

  it('is said elsewhere when it has none', () => {
    const others = faultsBeside(faults, ['/payload', '/schedule_expr']);
    expect(others.map(({ path }) => path)).toEqual(['/elsewhere']);
  });
});

describe('two changes of one task', () => {
  const base = { title: 'a', expr: '1', zone: 'UTC', payload: { a: 1, b: 2 } };

  it('are both kept where they touch different fields', () => {
    const merge = mergeChanges(base, { ...base, title: 'b' }, { ...base, expr: '2' });
    expect(merge).toEqual({
      ...{ theirs: ['expr'], both: [] },
      merged: { ...base, title: 'b', expr: '2' },
    });
  });

  it('are told apart where they touch the same, and one’s own counts', () => {
    const merge = mergeChanges(base, { ...base, title: 'b' }, { ...base, title: 'c' });
    expect(merge).toMatchObject({ both: ['title'], theirs: [], merged: { title: 'b' } });
  });

  it('are none where both say the same, in whatever order', () => {
    const theirs = { ...base, payload: { b: 2, a: 1 }, zone: 'CET' };
    expect(mergeChanges(base, { ...base, zone: 'CET' }, theirs)).toMatchObject({
      ...{ theirs: [], both: [], merged: { zone: 'CET' } },
    });
  });

  it('may take a field away', () => {
    const { zone: _zone, ...without } = base;
    expect(mergeChanges(base, without, base).merged).toEqual(without);
    expect(mergeChanges(base, base, without).merged).toEqual(without);
  });
});
