import { RunStatsSchema, RunSummarySchema } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp } from '../../test/call.ts';
import { ok, page } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

const exampleOf = (schema: object) => (Reflect.get(schema, 'examples') as readonly object[])[0];
const stats = { ...exampleOf(RunStatsSchema) };
const run = { ...exampleOf(RunSummarySchema), run_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b' };
const ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';

afterAll(cleanUp);

describe('the runs of a task', () => {
  it('are listed', async () => {
    const { out, asked } = await call(['tasks', 'runs', ID, '-l', '3'], {
      'GET /api/v1/tasks/*/runs': page([run]),
    });
    expect(out).toContain(run.run_id);
    expect(asked[0]?.query).toEqual({ limit: '3' });
  });

  it('are counted', async () => {
    const { out, asked } = await call(['tasks', 'stats', ID], {
      'GET /api/v1/runs/task/*/stats': ok(stats),
    });
    expect(out).toContain('20 are over in 30 days, 0 go on\n');
    expect(out).toContain('  success    90.0%\n');
    expect(out).toContain('  p95        5.2 s\n');
    expect(out).toContain('2026-01-15  1     1          0');
    expect(asked[0]?.query).toEqual({ days: '30' });
  });

  it('and of everything else are counted without a task', async () => {
    const none = { ...stats, task_id: null, total: 0, success_rate: null, runs_per_day: [] };
    const { out, asked } = await call(['tasks', 'stats', '--days', '7'], {
      'GET /api/v1/runs/stats/summary': ok(none),
    });
    expect(out).toMatch(/^0 are over in 30 days\n/);
    expect(out).not.toContain('success');
    expect(asked[0]?.query).toEqual({ days: '7' });
    const wrong = await call(['tasks', 'stats', '--days', 'all']);
    expect([wrong.exitCode, wrong.err]).toEqual([EXIT.usage, expect.stringContaining('days')]);
  });
});
