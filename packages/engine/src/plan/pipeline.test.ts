import type { StepInput } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { compilePlan } from './compile.ts';
import { pipelineGraph } from './pipeline.ts';

const step = (id: string, more: Partial<StepInput> = {}): StepInput => ({
  id,
  uses: 'noop',
  ...more,
});
const parents = (steps: readonly StepInput[]) =>
  pipelineGraph(steps).nodes.map(({ parent_nodes = [] }) => [...parent_nodes]);

describe('a pipeline', () => {
  it('is a chain', () => {
    expect(parents([step('a'), step('b'), step('c')])).toEqual([[], ['a'], ['b']]);
    expect(pipelineGraph([step('a'), step('b')]).nodes[1]?.dependency_condition).toBeUndefined();
  });

  it('looks back over steps that may be skipped, to the last that may not', () => {
    const steps = [
      step('a'),
      step('b', { if: 'params.x' }),
      step('c', { if: 'params.y' }),
      step('d'),
    ];
    expect(parents(steps)).toEqual([[], ['a'], ['b', 'a'], ['c', 'b', 'a']]);
    const { nodes } = pipelineGraph(steps);
    expect(nodes.map(({ dependency_condition: how }) => how)).toEqual([
      ...[undefined, undefined, 'conditional', 'conditional'],
    ]);
  });

  it('knows of its task and of the event that has called for it, which a job does not', () => {
    const graph = pipelineGraph([step('a', { with: { value: '${task.id} ${event.payload}' } })]);
    const plan = compilePlan(graph, { door: 'task' });
    expect(JSON.parse(plan.document).door).toBe('task');
    expect(() => compilePlan(graph)).toThrow(/task/);
  });
});
