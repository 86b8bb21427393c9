import { type Comparison, ComparisonSchema, type RunDetail, RunSchema } from '@tenuto/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { call, cleanUp, fileOf } from '../../test/call.ts';
import { ok } from '../../test/pretend-api.ts';
import { EXIT } from '../index.ts';

const exampleOf = (schema: object) => (Reflect.get(schema, 'examples') as readonly unknown[])[0];
const comparison = exampleOf(ComparisonSchema) as Comparison;
const ID = comparison.runs[0]?.run_id ?? '';
const run: RunDetail = {
  ...(exampleOf(RunSchema) as RunDetail),
  forked_from: { run_id: ID, node: 'build', attempts_taken_over: 3 },
};
const FORK = { 'POST /api/v1/runs/*/fork': { status: 201, body: run } };

afterAll(cleanUp);

describe('tenuto run fork', () => {
  it('says where the run begins, and what is another value in it', async () => {
    const args = ['run', 'fork', ID, '--from', 'build', '-p', 'branch=next', '-p', 'tries=3'];
    const { out, asked, exitCode } = await call(args, FORK);
    expect(exitCode).toBe(EXIT.ok);
    expect(asked[0]?.path).toBe(`/api/v1/runs/${ID}/fork`);
    expect(asked[0]?.body).toEqual({
      from_node: 'build',
      changes: { params: { branch: 'next', tries: 3 } },
    });
    expect(out).toContain(`A fork of ${ID} from build; 3 attempts taken over.`);
  });

  it('takes changes from a file, and a name and parameters beside them', async () => {
    const file = fileOf('nodes:\n  build:\n    model: openai/gpt-5\n', 'changes.yaml');
    const args = ['run', 'fork', ID, '--changes', file, '--name', 'another'];
    const { asked } = await call(args, FORK);
    expect(asked[0]?.body).toEqual({
      changes: { nodes: { build: { model: 'openai/gpt-5' } }, name: 'another' },
    });
    const wrong = await call(['run', 'fork', ID, '--changes', fileOf('- a\n', 'list.yaml')], FORK);
    expect([wrong.exitCode, wrong.asked]).toEqual([EXIT.usage, []]);
  });

  it('says the run as data when asked to', async () => {
    const { out } = await call(['run', 'fork', ID, '--json'], FORK);
    expect(JSON.parse(out)).toEqual(run);
  });
});

describe('tenuto run compare', () => {
  const answers = (body: unknown) => ({ 'GET /api/v1/runs/compare': ok(body) });

  it('shows what runs differ in', async () => {
    const { out, asked } = await call(['run', 'compare', 'a', 'b'], answers(comparison));
    expect(asked[0]?.query).toEqual({ ids: 'a,b', all: 'false', limit: '50' });
    expect(out).toContain('/branch: main → next');
    expect(out).toMatch(/build +✓ completed 12 ?ms +✓ completed 12 ?ms +1 difference/);
    expect(out).toContain('/size: 10 → 12');
    expect(out).toContain('1 node the same in all runs.');
  });

  it('shows plans, artifacts and tests that are not the same, each with its mark', async () => {
    const test = { test_id: ID, suite: 's', classname: 'c', name: 'adds\u001b[31m' };
    const full: Comparison = {
      ...comparison,
      plans: [
        {
          ...{ is_same: false, added: ['new'], removed: ['old'], truncated: false },
          changed: [
            { node_id: 'build', changes: [{ op: 'added', path: '/with/model', after: 'x' }] },
          ],
        },
      ],
      artifacts: {
        items: [{ path: 'a.md', state: 'added', runs: [null, { hash: 'f', size_bytes: 7 }] }],
        ...{ same: 2, truncated: false },
      },
      tests: { items: [{ ...test, runs: ['passed', 'failed'] }], same: 4, truncated: false },
    };
    const { out } = await call(['run', 'compare', 'a', 'b'], answers(full));
    for (const line of ['+ new', '- old', '~ build', '/with/model: x', '+ a.md', '– → 7 B']) {
      expect(out).toContain(line);
    }
    expect(out).toContain('passed → failed');
    expect(out).not.toContain('\u001b');
  });

  it('takes two runs at least', async () => {
    const { exitCode, err } = await call(['run', 'compare', 'a'], {});
    expect([exitCode, err]).toEqual([EXIT.usage, expect.stringContaining('two to four')]);
  });
});
