import type { Profile } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePlan } from './compile.ts';
import { profileGraph } from './profile.ts';
import { profileProblems } from './profile-check.ts';

type Phase = Profile['phases'][number];

const agent = (id: string, more: object = {}) => ({ id, prompt: `Do ${id}.`, ...more });
const phase = (id: string, more: object = {}): Phase => ({ id, agents: [agent('a')], ...more });
const profile = (phases: readonly Phase[], more: object = {}): Profile => ({
  name: 'p',
  phases: [...phases],
  ...more,
});

function edgesOf(written: Profile, autoAdvance?: boolean) {
  const { nodes } = profileGraph(written, autoAdvance).dag;
  return Object.fromEntries(nodes.map((node) => [node.id, node.parent_nodes ?? []]));
}

const nodeOf = (written: Profile, id: string) => {
  const node = profileGraph(written, undefined).dag.nodes.find((one) => one.id === id);
  if (node === undefined) throw new Error(id);
  return node;
};

describe('a profile becomes a graph', () => {
  it('in which each phase begins behind the checks of the one before it', () => {
    expect(edgesOf(profile([phase('one'), phase('two')]))).toEqual({
      'one/start': [],
      'one/next': ['one/start'],
      'one/a': ['one/next'],
      'one/gates': ['one/a'],
      'two/start': ['one/gates'],
      'two/next': ['two/start'],
      'two/a': ['two/next'],
      'two/gates': ['two/a'],
    });
  });

  it.each([
    ['the run says so', { auto_advance: false }, { auto_advance: false }, true, false],
    ['the run says no', { auto_advance: true }, { auto_advance: true }, false, true],
    ['its phase says so', { auto_advance: false }, { auto_advance: true }, undefined, false],
    ['its profile says so', { auto_advance: true }, {}, undefined, false],
    ['nobody says anything', {}, {}, undefined, true],
  ])('that waits for next or not when %s', (_, ofProfile, ofPhase, ofRun, waits) => {
    const edges = edgesOf(profile([phase('one', ofPhase)], ofProfile), ofRun);
    expect('one/next' in edges).toBe(waits);
    expect(edges['one/a']).toEqual([waits ? 'one/next' : 'one/start']);
  });

  it('whose phases go on side by side where they need the same', () => {
    const edges = edgesOf(
      profile([
        phase('one'),
        phase('left', { needs: ['one'] }),
        phase('right', { needs: ['one'] }),
        phase('end', { needs: ['left', 'right'] }),
        phase('apart', { needs: [] }),
      ]),
      true,
    );
    expect(edges['left/start']).toEqual(['one/gates']);
    expect(edges['right/start']).toEqual(['one/gates']);
    expect(edges['end/start']).toEqual(['left/gates', 'right/gates']);
    expect(edges['apart/start']).toEqual([]);
  });

  it('in which agents wait for those that they need, and people are asked behind all of them', () => {
    const written = phase('one', {
      agents: [agent('a'), agent('b', { needs: ['a'] }), agent('c')],
      gates: [{ id: 'agreed', type: 'approval' }],
      approval: { required: 2 },
    });
    const edges = edgesOf(profile([written]), true);
    expect(edges['one/b']).toEqual(['one/a']);
    expect(edges['one/approve-agreed']).toEqual(['one/a', 'one/b', 'one/c']);
    expect(edges['one/approve']).toEqual(['one/a', 'one/b', 'one/c']);
    expect(edges['one/gates']).toEqual([
      ...['one/a', 'one/b', 'one/c', 'one/approve-agreed', 'one/approve'],
    ]);
    const { approvals } = nodeOf(profile([written]), 'one/gates').with ?? {};
    expect(approvals).toEqual({
      agreed: "${steps['one/approve-agreed']}",
      approve: "${steps['one/approve']}",
    });
  });

  it('that goes on behind an agent that its `if` has skipped', () => {
    const agents = [agent('a', { if: 'params.intake.wanted' }), agent('b', { needs: ['a'] })];
    const written = profile([phase('one', { agents })]);
    for (const id of ['one/b', 'one/gates']) {
      expect(nodeOf(written, id)).toMatchObject({ dependency_condition: 'conditional' });
    }
    expect(nodeOf(written, 'one/a')).toMatchObject({ if: 'params.intake.wanted' });
  });

  it('whose agents are told of the intake, of what was left before them, and of what was found', () => {
    const left = phase('one', {
      agents: [agent('a'), { id: 'load', uses: 'x.y', with: { n: 1 } }],
    });
    const written = profile(
      [left, phase('two', { artifacts: [{ path: 'x.md' }, { path: '${y}.md' }] })],
      { model: 'a/b' },
    );
    expect(nodeOf(written, 'two/a').with).toMatchObject({
      agent: 'a',
      model: 'a/b',
      phase: 'two',
      prompt: 'Do a.',
      feedback: "${nodes['two/gates'].previous}",
      expected_artifacts: [{ path: 'x.md' }, { path: '$${y}.md' }],
      input: {
        intake: '${params.intake}',
        earlier: [
          { phase: 'one', agent: 'a', summary: expect.stringContaining('.text') },
          { phase: 'one', agent: 'load', output: expect.stringContaining('steps["one/load"]') },
        ],
      },
    });
    expect(nodeOf(written, 'one/load')).toMatchObject({ uses: 'x.y', with: { n: 1 } });
  });

  it('in which gates and policies are what they are, whatever they look like', () => {
    const gates = [
      { id: 'g', type: 'artifact_pattern', path: 'a', pattern: '\\${x}$' },
      { id: 'h', type: 'expression', expression: "params.a == '${b}'" },
    ];
    const written = profile([phase('one', { gates })], { policy: { gates: [] } });
    const plan = compilePlan(profileGraph(written, undefined).dag);
    const check = plan.specs[plan.ids.indexOf('one/gates')]?.with.resolve({
      params: { intake: {} },
      steps: { 'one/next': {} },
    });
    expect(check).toMatchObject({ gates, policy: { gates: [] }, skip_warnings: false });
  });

  it('in which agents are told the models that the policy allows, and others are not', () => {
    const agents = [agent('a'), { id: 'b', uses: 'sleep.for', with: { seconds: 1 } }];
    const written = profile([phase('one', { agents })], { policy: { allowed_models: ['x/*'] } });
    const { nodes } = profileGraph(written, undefined).dag;
    const given = (id: string) => nodes.find((node) => node.id === id)?.with;
    expect(given('one/a')).toMatchObject({ allowed_models: ['x/*'] });
    expect(given('one/b')).toEqual({ seconds: 1 });
  });

  it('with a way back from each of its places to the profile', () => {
    const bad = profile([
      phase('one', {
        agents: [agent('a', { if: 'nonsense' }), agent('b', { prompt: '${params.' })],
      }),
    ]);
    const { dag, placeOf } = profileGraph(bad, undefined);
    let paths: string[] = [];
    try {
      compilePlan(dag);
    } catch (error) {
      const { validationErrors } = error as { validationErrors: { path: string }[] };
      paths = validationErrors.map(({ path }) => placeOf(path));
    }
    expect(paths).toEqual(['/phases/0/agents/0/if', '/phases/0/agents/1/prompt']);
  });
});

describe('any profile without problems', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const phases = fc
    .uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 6 })
    .chain((ids) =>
      fc.tuple(
        ...ids.map((id, i) =>
          fc.record({
            id: fc.constant(id),
            needs: fc.option(fc.subarray(ids.slice(0, i)), { nil: undefined }),
            agents: fc
              .uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 })
              .chain((agents) =>
                fc.tuple(
                  ...agents.map((name, n) =>
                    fc.record({
                      id: fc.constant(name),
                      prompt: fc.constant('x'),
                      needs: fc.subarray(agents.slice(0, n)),
                      if: fc.option(fc.constant('params.intake.x'), { nil: undefined }),
                    }),
                  ),
                ),
              ),
          }),
        ),
      ),
    );
  const withoutUndefined = (value: unknown): Phase[] => JSON.parse(JSON.stringify(value));

  it('compiles, and every node of a phase stands behind the checks of all that it needs', () => {
    fc.assert(
      fc.property(phases, fc.option(fc.boolean(), { nil: undefined }), (all, autoAdvance) => {
        const written = profile(withoutUndefined(all));
        expect(profileProblems(written)).toEqual([]);
        const graph = profileGraph(written, autoAdvance);
        compilePlan(graph.dag);
        const parents = new Map(graph.dag.nodes.map((n) => [n.id, n.parent_nodes ?? []]));
        const behind = (id: string): Set<string> => {
          const found = new Set<string>();
          const open = [id];
          for (let at = open.pop(); at !== undefined; at = open.pop()) {
            for (const parent of parents.get(at) ?? []) {
              if (found.has(parent)) continue;
              found.add(parent);
              open.push(parent);
            }
          }
          return found;
        };
        for (const { id, needs, agents } of graph.phases) {
          const last = behind(`${id}/gates`);
          for (const one of agents) {
            expect(last).toContain(`${id}/${one}`);
            const before = behind(`${id}/${one}`);
            expect(before).toContain(`${id}/start`);
            for (const need of needs) expect(before).toContain(`${need}/gates`);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
