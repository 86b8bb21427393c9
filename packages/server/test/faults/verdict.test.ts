import { describe, expect, it } from 'vitest';
import { type AttemptFact, completedKeys, type Facts, violationsOf } from './verdict.ts';

const NODES = ['first', 'pause', 'left', 'right', 'last'];
const acknowledged = new Map([['job-1', 'r']]);

const end = (node: string, attempt = 1, error: string | null = null): AttemptFact => ({
  run: 'r',
  node,
  attempt,
  status: error === null ? 'completed' : 'failed',
  error,
});
const line = (node: string, attempt = 1) => ({ run: 'r', node, attempt });
const good: Facts = {
  runs: [{ run: 'r', name: 'job-1', status: 'completed', over: true }],
  attempts: NODES.map((node) => end(node)),
  effects: ['first', 'right', 'left', 'last'].map((node) => line(node)),
};
const judge = (facts: Partial<Facts>, durable?: ReadonlySet<string>) =>
  violationsOf({ ...good, ...facts }, { acknowledged, ...(durable && { durable }) });

describe('a verdict', () => {
  it('finds nothing where all is well', () => {
    expect(judge({}, completedKeys(good))).toEqual([]);
  });

  it('lets an attempt be made again that was cut off with its engine', () => {
    const attempts = [end('first', 1, 'engine_lost'), end('first', 2), ...good.attempts.slice(1)];
    const effects = [line('first'), line('first', 2), ...good.effects.slice(1)];
    expect(judge({ attempts, effects })).toEqual([]);
  });

  it.each([
    ['a job that is lost', { runs: [] }, 'is lost'],
    [
      'a job that does not end',
      { runs: [{ run: 'r', name: 'job-1', status: 'running', over: false }] },
      'job-1 (r) is running',
    ],
    [
      'a job that was stored twice',
      { runs: [...good.runs, { run: 's', name: 'job-1', status: 'completed', over: true }] },
      'stored 2 times',
    ],
    [
      'a node that was made again without need',
      { attempts: [...good.attempts, end('last', 2)], effects: [...good.effects, line('last', 2)] },
      'r last 1 ended completed (null) and was made again',
    ],
    ['a node that failed', { attempts: [end('first', 1, 'exit_code')] }, 'r first ended failed'],
    ['a missing attempt', { attempts: [end('first', 2)] }, 'attempt 2 is number 1'],
    ['an effect that came twice', { effects: [...good.effects, line('last')] }, 'ran 2 times'],
    ['an effect of nobody', { effects: [...good.effects, line('left', 2)] }, 'does not know it'],
    ['a completed node without effect', { effects: good.effects.slice(0, 3) }, 'never ran'],
    ['a node before its parents', { effects: good.effects.toReversed() }, 'ran before'],
  ])('finds %s', (_what, facts, said) => {
    expect(judge(facts).join('\n')).toContain(said);
  });

  it('takes over what the doctor has found', () => {
    const findings = ['lost_run: r has attempts and is nowhere'];
    expect(judge({ findings })).toEqual(findings);
    expect(judge({ findings: [] })).toEqual([]);
  });

  it('finds a durable node that ran again', () => {
    const attempts = [end('first', 1, 'engine_lost'), end('first', 2), ...good.attempts.slice(1)];
    expect(judge({ attempts }, new Set(['r first 1'])).join('\n')).toContain('was durable');
  });
});
