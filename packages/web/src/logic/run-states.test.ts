import { describe, expect, it } from 'vitest';
import { answer, codeOf } from './graph.fixture.ts';
import { countsOf, NOT_THERE, stateOf, told } from './run-states.ts';

const NOW = 9_000;
const ended = (node: number, attempt: number, from: number, to: number) => ({
  ...{ node: [node], attempt: [attempt], state: [codeOf('failed')] },
  ...{ started: [from], ended: [to] },
});

describe('what is told of a run', () => {
  it('is taken in whole, with times as they are on the wall', () => {
    const states = told(
      undefined,
      answer(['completed', 'running'], {
        attempts: ended(0, 1, 5, 25),
        running: [{ node: 1, attempt: 1, started: 30 }],
      }),
      NOW,
    );
    expect([stateOf(states, 0), stateOf(states, 1)]).toEqual(['completed', 'running']);
    expect(states.ended.get(0)).toEqual([{ attempt: 1, state: 'failed', from: 1_005, to: 1_025 }]);
    expect(states.running.get(1)?.from).toBe(1_030);
    expect(countsOf(states)[codeOf('running')]).toBe(1);
  });

  it('changes only what is told of, and nothing when nothing is', () => {
    const first = told(undefined, answer(['pending', 'pending']), NOW);
    const nothing = answer([], { whole: false });
    expect(told(first, nothing, NOW)).toBe(first);
    const one = { node: [1], state: [codeOf('completed')], attempts: [1] };
    const second = told(first, answer([], { whole: false, nodes: one }), NOW);
    expect([stateOf(second, 0), stateOf(second, 1)]).toEqual(['pending', 'completed']);
    expect(second.version).toBeGreaterThan(first.version);
    expect([stateOf(first, 0), stateOf(first, 1)]).toEqual(['pending', 'pending']);
  });

  it('counts each attempt once, however often it is told of', () => {
    const again = answer(['running'], { whole: false, attempts: ended(0, 1, 5, 25) });
    const states = told(told(undefined, { ...again, whole: true }, NOW), again, NOW);
    expect(states.ended.get(0)).toHaveLength(1);
  });

  it('takes a node that runs to run since it was first seen, where nothing else is known', () => {
    const first = told(undefined, answer(['running']), NOW);
    const later = answer(['running', 'completed'], { whole: false });
    expect(told(first, later, NOW + 500).running.get(0)?.from).toBe(NOW);
  });

  it('forgets a wait when the node goes on', () => {
    const waits = [{ node: 0, since: 10, until: 60 }];
    const first = told(undefined, answer(['waiting'], { waits }), NOW);
    expect(first.waits.get(0)).toMatchObject({ state: 'waiting', from: 1_010, to: null });
    expect(told(first, answer(['running'], { whole: false }), NOW).waits.size).toBe(0);
  });

  it('keeps the list of instances while none is made, and adds those that are', () => {
    const first = told(undefined, answer(['completed']), NOW);
    const second = told(first, answer(['running'], { whole: false }), NOW);
    expect(second.instances).toBe(first.instances);
    const made = { node: [2], state: [0], attempts: [0] };
    const instances = [{ node: 2, of: 1, node_id: 'in[0]' }];
    const third = told(second, answer([], { whole: false, nodes: made, instances }), NOW);
    expect(third.instances).toEqual(instances);
    expect([third.codes[1], third.codes[2]]).toEqual([NOT_THERE, 0]);
  });
});
