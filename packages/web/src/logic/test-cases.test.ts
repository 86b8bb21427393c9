import { expect, it } from 'vitest';
import { testCases } from './test-cases.ts';

it('reads the cases of nodes of tests, and nothing of others', () => {
  const output = {
    counts: { total: 3 },
    cases: [{ id: 'a', name: 'adds', status: 'failed', duration_seconds: 0.5, message: 'no' }, 7],
    truncated: { cases_total: 3 },
  };
  const { cases, omitted } = testCases([
    { node_id: 'unit', output },
    { node_id: 'build', output: { cases: 'none' } },
    { node_id: 'none', output: null },
  ]);
  expect(cases).toMatchObject([{ nodeId: 'unit', name: 'adds', status: 'failed', message: 'no' }]);
  expect(omitted).toBe(1);
});
