import { describe, expect, it } from 'vitest';
import { bodyOf, FIRST_PAYLOAD, previewOf, type TaskForm } from './task-form.ts';

const form: TaskForm = {
  ...{ title: ' report ', kind: 'cron', expr: ' 0 9 * * * ', timezone: 'Europe/Paris' },
  ...{ overlap: 'skip', misfire: 'skip', payload: FIRST_PAYLOAD },
};

describe('the form of a task', () => {
  it('asks when a schedule would fire', () => {
    expect(previewOf(form)).toEqual({
      ...{ schedule_kind: 'cron', schedule_expr: '0 9 * * *', timezone: 'Europe/Paris', count: 10 },
    });
  });

  it('asks nothing about what no clock starts, or is not written yet', () => {
    expect(previewOf({ ...form, kind: 'event' })).toBeUndefined();
    expect(previewOf({ ...form, expr: ' ' })).toBeUndefined();
  });

  it('becomes the body that makes the task', () => {
    const read = bodyOf(form);
    expect(read).toMatchObject({
      body: { title: 'report', schedule_expr: '0 9 * * *', overlap_policy: 'skip' },
    });
    expect(bodyOf({ ...form, kind: 'event' })).not.toHaveProperty('body.timezone');
  });

  it('says what is wrong with a payload that is no JSON', () => {
    expect(bodyOf({ ...form, payload: '{' })).toHaveProperty('bad');
  });
});
