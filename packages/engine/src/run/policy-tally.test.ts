import type { InlineRetryPolicy, NodeInput } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { work } from '../../test/graph-nodes.ts';
import { play, type Scenario, type ScenarioOptions } from '../../test/scenario.ts';
import type { StoredPolicy } from '../plan/index.ts';
import type { RunState } from './index.ts';

const ID = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b';
const JOB = '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1c';

const stored = (policyId: string, policy: InlineRetryPolicy): [string, StoredPolicy] => [
  policyId,
  { policyId, version: 2, policy },
];
const policies = new Map([stored(ID, { max_attempts: 9 }), stored(JOB, { max_attempts: 8 })]);
const compile = { retry: { max_attempts: 8 }, retryFrom: JOB, policies };

/** A run whose job runs under one policy, with nodes started. */
function started(nodes: readonly NodeInput[], options: ScenarioOptions = {}): Scenario {
  const run = play(nodes, { compile, ...options });
  run.start();
  return run;
}

const named = (id: string, rules: Partial<NodeInput> = {}) => work(id, { retry: ID, ...rules });

/** Tallies by policy id. */
function seen({ tallies }: RunState) {
  return Object.fromEntries([...tallies].map(([{ policyId }, tally]) => [policyId, tally]));
}

/** Fails attempts of a node that are made again. */
function failTimes(run: Scenario, id: string, times: number): void {
  for (let n = 0; n < times; n += 1) {
    run.fail(id, { retryAt: 5_000 });
    run.due(id);
    run.start();
  }
}

const tally = (nodes: number, completed: number, attempts: number, retried = 0, recovered = 0) => ({
  ...{ nodes, completed, attempts, retried, recovered },
});

describe('what came of a policy', () => {
  it('counts nodes whose attempts are over, by the policy that they ran under', () => {
    const run = started([named('a'), named('b'), work('c'), work('d', { retry: {} })]);
    expect(seen(run.run)).toEqual({});
    run.complete('a');
    failTimes(run, 'b', 2);
    expect(seen(run.run)).toEqual({ [ID]: tally(1, 1, 1) });
    run.complete('b');
    failTimes(run, 'c', 3);
    run.fail('c');
    run.complete('d');
    expect(seen(run.run)).toEqual({ [ID]: tally(2, 2, 4, 1, 1), [JOB]: tally(1, 0, 4, 1, 0) });
  });

  it('counts a policy that a node and the job name once', () => {
    const run = started([work('a', { retry: JOB }), work('b')]);
    run.complete('a', 'b');
    expect(seen(run.run)).toEqual({ [JOB]: tally(2, 2, 2) });
  });

  it('counts attempts that timed out or were lost as they are: made in vain', () => {
    const run = started([named('a')]);
    failTimes(run, 'a', 1);
    run.fail('a', { status: 'timeout' });
    expect(seen(run.run)).toEqual({ [ID]: tally(1, 0, 2, 1) });
  });

  it('says nothing of nodes that never ran, or were stopped from outside', () => {
    const run = started([named('a'), named('b'), named('c', { needs: ['a'] }), named('d')]);
    run.fail('d', { status: 'cancelled' });
    run.fail('a');
    run.stop();
    run.fail('b', { status: 'timeout' });
    expect(run.status('c')).toBe('failed');
    expect(seen(run.run)).toEqual({ [ID]: tally(1, 0, 1) });
  });

  it('counts each item of a for_each', () => {
    const run = started([
      { id: 'g', type: 'parallel_group', for_each: '[1, 2, 3]', children: [named('x')] },
    ]);
    run.complete('x[0]', 'x[1]', 'x[2]');
    expect(seen(run.run)).toEqual({ [ID]: tally(3, 3, 3) });
  });
});

describe('a node that is run again', () => {
  it('counts once more, with the attempts of its new round', () => {
    const run = started([named('a')]);
    failTimes(run, 'a', 1);
    run.failAnd('a', 'retry_job', { retryAt: 1 });
    run.due('a');
    run.start();
    expect(seen(run.run)).toEqual({ [ID]: tally(1, 0, 2, 1) });
    run.complete('a');
    expect(seen(run.run)).toEqual({ [ID]: tally(2, 1, 3, 1) });
  });

  it('does not count for its fallback', () => {
    const run = started([named('a', { fallback: { uses: 'y' } })]);
    run.failAnd('a', 'fallback_strategy');
    run.start();
    run.complete('a');
    expect(run.run.status).toBe('completed');
    expect(seen(run.run)).toEqual({ [ID]: tally(1, 0, 1) });
  });
});

test('a run that is taken up again counts from there: what was before is written', () => {
  const run = started([named('a'), named('b')]);
  run.complete('a');
  run.fail('b');
  expect(run.run.phase).toBe('over');
  expect(seen(run.run)).toEqual({ [ID]: tally(2, 1, 2) });
  run.recover('retry_job');
  expect(seen(run.run)).toEqual({});
  run.finish();
  expect(seen(run.run)).toEqual({ [ID]: tally(1, 1, 1) });
  expect(seen(run.restored())).toEqual(seen(run.run));
});

test('a run that is restored has counted what the run had, whatever happened', () => {
  const ends = fc.record({
    failures: fc.nat(4),
    end: fc.constantFrom('completed', 'failed', 'timeout', 'cancelled'),
    own: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(ends, { minLength: 1, maxLength: 6 }), (all) => {
      const run = started(all.map(({ own }, i) => (own ? named(`n${i}`) : work(`n${i}`))));
      for (const [i, { failures, end }] of all.entries()) {
        failTimes(run, `n${i}`, failures);
        if (end === 'completed') run.complete(`n${i}`);
        else run.fail(`n${i}`, { status: end });
        expect(seen(run.restored())).toEqual(seen(run.run));
      }
      const counted = all.filter(({ end }) => end !== 'cancelled');
      const sum = Object.values(seen(run.run)).reduce((total, { nodes }) => total + nodes, 0);
      const attempts = Object.values(seen(run.run)).reduce((total, one) => total + one.attempts, 0);
      expect(sum).toBe(counted.length);
      expect(attempts).toBe(counted.reduce((total, { failures }) => total + failures + 1, 0));
    }),
  );
});
