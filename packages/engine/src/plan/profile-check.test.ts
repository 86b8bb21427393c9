import type { Profile } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profileProblems } from './profile-check.ts';
import { cycleOf } from './profile-cycle.ts';

type Phase = Profile['phases'][number];
const agent = (id: string, more: object = {}) => ({ id, prompt: 'x', ...more });
const phase = (id: string, more: object = {}): Phase => ({ id, agents: [agent('a')], ...more });
const problems = (phases: readonly Phase[], more: object = {}) =>
  profileProblems({ name: 'p', phases: [...phases], ...more }).map(
    ({ path, message }) => `${path} ${message}`,
  );

describe('what is wrong with a profile is told with its place', () => {
  it.each<[what: string, phases: Phase[], found: (string | RegExp)[], more?: object]>([
    ['a phase twice', [phase('a'), phase('a')], [/^\/phases\/1\/id "a" is there already/]],
    [
      'a phase that needs itself',
      [phase('a', { needs: ['a'] })],
      [/needs\/0 "a" cannot need itself/],
    ],
    ['an unknown phase', [phase('a', { needs: ['b'] })], ['/phases/0/needs/0 names no phase "b"']],
    [
      'phases that need each other',
      [phase('a', { needs: ['c'] }), phase('b'), phase('c')],
      [/^\/phases\/0\/needs they need each other: a -> c -> b -> a/],
    ],
    [
      'an agent twice',
      [phase('a', { agents: [agent('x'), agent('x')] })],
      [/^\/phases\/0\/agents\/1\/id "x" is there already/],
    ],
    [
      'agents with names of parts',
      [
        phase('a', {
          agents: [agent('start'), agent('gates'), agent('approve-g')],
          gates: [{ id: 'g', type: 'approval' }],
        }),
      ],
      [/agents\/0\/id "start" is a part/, /agents\/1\/id "gates"/, /agents\/2\/id "approve-g"/],
    ],
    [
      'unknown and circular needs of agents',
      [
        phase('a', {
          agents: [
            agent('x', { needs: ['y'] }),
            agent('y', { needs: ['x'] }),
            agent('z', { needs: ['w'] }),
          ],
        }),
      ],
      [
        /agents\/2\/needs\/0 names no agent "w"/,
        /agents\/0\/needs they need each other: x -> y -> x/,
      ],
    ],
    [
      'an agent without a prompt, and one with a system twice',
      [phase('a', { agents: [{ id: 'x' }, agent('y', { system: 's', system_file: 'f' })] })],
      [/agents\/0\/prompt is required/, /agents\/1\/system_file goes in place of system/],
    ],
    [
      'fields of agents on other actions, and the other way round',
      [
        phase('a', {
          agents: [
            { id: 'x', uses: 'sleep.for', model: 'a/b', prompt: 'p' },
            agent('y', { with: { a: 1 } }),
          ],
        }),
      ],
      [
        /agents\/0\/prompt goes with agent.run/,
        /agents\/0\/model goes with/,
        /agents\/1\/with goes with other/,
      ],
    ],
    [
      'artifacts that are not below their phase, or twice, or nobody’s',
      [
        phase('a', {
          artifacts: [
            { path: '../x' },
            { path: '/y' },
            { path: 'z' },
            { path: 'z' },
            { path: 'a\\b' },
          ],
          agents: [agent('x', { artifacts: ['q'] })],
        }),
      ],
      [
        /agents\/0\/artifacts\/0 names no artifact "q"/,
        /artifacts\/0\/path must stay below artifacts\/a\//,
        /artifacts\/1\/path must stay/,
        /artifacts\/3\/path "z" is expected already/,
        /artifacts\/4\/path must stay/,
      ],
    ],
    [
      'gates twice, one called like the approval, and expressions that are none',
      [
        phase('a', {
          approval: {},
          gates: [
            { id: 'g', type: 'no_secrets' },
            { id: 'g', type: 'expression', expression: 'metrics.x >' },
            { id: 'approve', type: 'expression', expression: 'steps.x == 1' },
          ],
        }),
      ],
      [
        /gates\/1\/id "g" is there already/,
        /gates\/2\/id "approve" is what the phase's own approval/,
        /gates\/1\/expression/,
        /gates\/2\/expression/,
      ],
    ],
    [
      'more approvals than approvers',
      [phase('a', { approval: { approvers: ['user:a'], required: 2 } })],
      [/^\/phases\/0\/approval\/required is more than there are approvers/],
    ],
    [
      'budgets that degrade to nothing, and others that degrade',
      [phase('a', { budget: { usd: 1, degrade_to: 'a/b' } })],
      [/^\/budget\/degrade_to is required/, /^\/phases\/0\/budget\/degrade_to goes with/],
      { budget: { usd: 1, on_crossing: 'degrade' } },
    ],
    [
      'params that the run sets',
      [phase('a')],
      [/^\/params\/intake is set by each run/],
      { params: { intake: 1 } },
    ],
  ])('%s', (_, phases, found, more) => {
    const told = problems(phases, more);
    expect(told).toHaveLength(found.length);
    found.forEach((wanted, i) => {
      if (typeof wanted === 'string') expect(told[i]).toBe(wanted);
      else expect(told[i]).toMatch(wanted);
    });
  });

  it('and nothing is told of one that is right', () => {
    const approval = { approvers: ['team:crew'], required: 3 };
    expect(problems([phase('a', { approval }), phase('b', { needs: [] })])).toEqual([]);
  });
});

it('a cycle is found wherever there is one, and is one', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const graphs = fc.tuple(...ids.map(() => fc.subarray([...ids, 'unknown'])));
  fc.assert(
    fc.property(graphs, (needs) => {
      const graph = new Map(ids.map((id, i) => [id, needs[i] ?? []]));
      const cycle = cycleOf(graph);
      if (cycle.length === 0) {
        const left = new Set(ids);
        for (let before = -1; before !== left.size; ) {
          before = left.size;
          for (const id of left)
            if (!graph.get(id)?.some((need) => left.has(need))) left.delete(id);
        }
        expect(left.size).toBe(0);
      }
      cycle.forEach((id, i) => {
        expect(graph.get(id)).toContain(cycle[(i + 1) % cycle.length]);
      });
    }),
  );
});
