import type { NodeInput } from '@tenuto/contract';

/** A node that does some work. */
export function work(id: string, rules: Partial<NodeInput> = {}): NodeInput {
  return { id, uses: 'x', ...rules };
}

export function parallel(
  id: string,
  children: readonly NodeInput[],
  rules: Partial<NodeInput> = {},
): NodeInput {
  return { id, type: 'parallel_group', children, ...rules };
}

export function sequence(
  id: string,
  children: readonly NodeInput[],
  rules: Partial<NodeInput> = {},
): NodeInput {
  return { id, type: 'sequential_group', children, ...rules };
}
