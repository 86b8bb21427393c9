import {
  FiringSchema,
  type FiringView,
  SchedulePreviewSchema,
  type Task,
  TaskOperationSchema,
  TaskSchema,
} from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, fileOf } from '../../test/call.ts';
import { ok, page } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

const exampleOf = (schema: object) => (Reflect.get(schema, 'examples') as readonly unknown[])[0];
const task = exampleOf(TaskSchema) as Task;
const firing = exampleOf(FiringSchema) as FiringView;
const ID = task.task_id;

afterAll(cleanUp);

const answers = (made: object) => ({ 'POST /api/v1/tasks': { status: 201, body: made } });

describe('tasks', () => {
  it('are listed with when they fire next', async () => {
    const { out, asked } = await call(['tasks', 'list', '--status', 'active', '--limit', '5'], {
      'GET /api/v1/tasks': page([task]),
    });
    expect(out).toContain(ID);
    expect(out).toContain('2026-01-15T08:00:00.000Z');
    expect(asked[0]?.query).toEqual({ status: 'active', limit: '5' });
  });

  it('are made from a file, under its name when it says no title', async () => {
    const file = fileOf('schedule_kind: once\nschedule_expr: x\npayload: {}\n', 'nightly.yaml');
    const answers = { 'POST /api/v1/tasks': { status: 201, body: task } };
    const { out, asked } = await call(['tasks', 'create', file], answers);
    expect(out).toContain(`${ID}  morning report`);
    expect(asked[0]?.body).toMatchObject({ title: 'nightly', schedule_kind: 'once' });
  });

  it.each([
    [{ schedule_kind: 'event', schedule_description: 'on events of a.b' }, 'on events of a.b'],
    [{ schedule_kind: 'condition', schedule_description: 'when x' }, 'when x'],
  ])('that no schedule fires say what does: %j', async (kind, said) => {
    const waiting = { ...task, ...kind, next_fire_at: null };
    const { out } = await call(['tasks', 'create', '-'], answers(waiting), { stdin: '{}' });
    expect(out).toBe(`${ID}  ${task.title}, ${said}\n`);
    const preview = { firings: [], description: said };
    const looked = await call(['tasks', 'preview', ID], {
      'GET /api/v1/tasks/*/preview': ok(preview),
    });
    expect(looked.out).toBe(`${said}\nNo firing is expected at a known time.\n`);
  });

  it('can be tried, which makes none', async () => {
    const validate = { 'POST /api/v1/tasks/validate': ok(exampleOf(SchedulePreviewSchema)) };
    const { out } = await call(['tasks', 'create', '-', '--dry-run'], validate, { stdin: '{}' });
    expect(out).toContain('every day at 02:30, Europe/Paris');
    expect(out).toContain('gap');
  });

  it('that are probed say when', async () => {
    const probed = { ...task, schedule_kind: 'condition' };
    const { out } = await call(['tasks', 'create', '-'], answers(probed), { stdin: '{}' });
    expect(out).toContain(`, probed next at ${task.next_fire_at}\n`);
    const shown = await call(['tasks', 'show', ID], { 'GET /api/v1/tasks/*': ok(probed) });
    expect(shown.out).toContain(`next probe ${task.next_fire_at}`);
  });

  it('show what events they let through, and how often', async () => {
    const filtered = { ...task, filter: 'event.payload.n > 3', dedupe_key: 'order ${event.id}' };
    const { out } = await call(['tasks', 'show', ID], { 'GET /api/v1/tasks/*': ok(filtered) });
    expect(out).toContain('  filter     event.payload.n > 3\n');
    expect(out).toContain('  once per   order ${event.id}\n');
  });

  it('are snoozed by seconds, and by nothing else', async () => {
    const { exitCode, err } = await call(['tasks', 'snooze', ID, '1h']);
    expect([exitCode, err]).toEqual([EXIT.usage, expect.stringContaining('in seconds')]);
  });

  it('tell what came of each firing', async () => {
    const { out } = await call(['tasks', 'firings', ID], {
      'GET /api/v1/tasks/*/firings': page([firing]),
    });
    expect(out).toContain('12 ms');
    expect(out).toContain(firing.run_id);
  });

  it('show their next firings', async () => {
    const answers = { 'GET /api/v1/tasks/*/preview': ok(exampleOf(SchedulePreviewSchema)) };
    const { out, asked } = await call(['tasks', 'preview', ID, '--count', '2'], answers);
    expect(out).toContain('gap');
    expect(asked[0]?.query).toEqual({ count: '2' });
  });

  it.each([
    [['run-now', ID, '-p', 'a=1', '-p', 'b=x'], 'run_now', { params: { a: 1, b: 'x' } }],
    [['snooze', ID, '60', '-r', 'later'], 'snooze', { delay_seconds: 60, reason: 'later' }],
    [['pause', ID], 'pause', {}],
    [['resume', ID, '--catch-up'], 'resume', { catch_up: true }],
    [['cancel', ID, '-r', 'done'], 'cancel', { reason: 'done' }],
    [
      ['backfill', ID, '--from', 'a', '--to', 'b', '--dry-run'],
      'backfill',
      { from: 'a', to: 'b', dry_run: true },
    ],
  ])('%j asks the server for it', async (words, verb, body) => {
    const answers = { [`POST /api/v1/tasks/*/${verb}`]: ok(exampleOf(TaskOperationSchema)) };
    const { out, asked, exitCode } = await call(['tasks', ...words], answers);
    expect([exitCode, asked[0]?.body]).toEqual([EXIT.ok, body]);
    expect(out).toContain('The task is paused.');
  });
});
