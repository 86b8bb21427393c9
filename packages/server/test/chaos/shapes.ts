/** Jobs of every shape, whose nodes call the sink. */
import type { NodeInput, SubmitJob } from '@tenuto/contract';
import type { JobBody } from '@tenuto/sdk';

export interface Shape {
  readonly name: string;
  readonly nodes: readonly NodeInput[];
  readonly recovery?: NonNullable<SubmitJob['recovery_policy']>;
  /** How such a job ends. */
  readonly ends: 'completed' | 'failed';
}

type Retry = Exclude<NodeInput['retry'], string | undefined>;
const retry: Retry = {
  ...{ strategy: 'linear_backoff', base_delay_ms: 100, max_attempts: 11 },
};

/** A call of the sink that says who makes it. */
function call(sink: string, id: string, more: Partial<NodeInput> = {}): NodeInput {
  const attempt = `\${string(nodes["${id}"].attempts + 1)}`;
  const url = `${sink}/\${run.id}/${id}/${attempt}`;
  return { id, uses: 'http.request', with: { url, method: 'POST' }, retry, ...more };
}

export function shapesOf(sink: string): readonly Shape[] {
  const at = (id: string, needs: readonly string[] = [], more: Partial<NodeInput> = {}) =>
    call(sink, id, { ...(needs.length > 0 && { needs: [...needs] }), ...more });
  const chain = ['a', 'b', 'c', 'd', 'e'].map((id, i, all) =>
    at(id, i === 0 ? [] : [all[i - 1] ?? '']),
  );
  const wide = Array.from({ length: 12 }, (_, i) => `w${i}`);
  const undo = (id: string): Partial<NodeInput> => ({
    rollback: { uses: 'http.request', with: { url: `${sink}/undo/${id}`, method: 'POST' } },
  });
  return [
    { name: 'chain', nodes: chain, ends: 'completed' },
    {
      ...{ name: 'fan', ends: 'completed' },
      nodes: [at('first'), ...wide.map((id) => at(id, ['first'])), at('last', wide)],
    },
    {
      ...{ name: 'sleeper', ends: 'completed' },
      nodes: [
        at('first'),
        { id: 'sleep', uses: 'sleep.for', with: { seconds: 1.5 }, needs: ['first'] },
        at('last', ['sleep']),
      ],
    },
    {
      ...{ name: 'each', ends: 'completed' },
      nodes: [
        {
          ...{ id: 'group', type: 'parallel_group', for_each: '[1, 2, 3, 4]' },
          children: [{ id: 'item', uses: 'transform.cel', with: { value: '${item * 2}' } }],
        },
        at('last', ['group']),
      ],
    },
    {
      ...{ name: 'flaky', ends: 'completed' },
      nodes: [at('flaky'), at('flaky2', ['flaky']), at('last', ['flaky2'])],
    },
    {
      ...{ name: 'branch', ends: 'completed' },
      nodes: [
        at('first'),
        { id: 'fork', type: 'condition', condition_expression: '1 < 2', needs: ['first'] },
        at('taken', ['fork']),
        { ...at('tidy'), type: 'cleanup' },
      ],
    },
    {
      ...{ name: 'parent', ends: 'completed' },
      nodes: [
        at('first'),
        {
          ...{ id: 'child', uses: 'run.start', needs: ['first'], retry },
          with: {
            dag_definition: { nodes: [{ id: 'inner', uses: 'transform.cel', with: { value: 1 } }] },
          },
        },
        at('last', ['child']),
      ],
    },
    {
      ...{ name: 'saga', ends: 'failed' },
      recovery: [{ action: 'rollback_state', with: { after: 'fail' } }],
      nodes: [
        at('one', [], undo('one')),
        at('two', ['one'], undo('two')),
        {
          ...{ id: 'breaks', uses: 'transform.cel', with: { value: '${1 / 0}' } },
          ...{ needs: ['two'], retry: { strategy: 'none' } },
        },
      ],
    },
  ];
}

export function bodyOf(name: string, { nodes, recovery }: Shape): JobBody {
  return {
    ...{ job_name: name, dag_definition: { nodes: [...nodes] } },
    ...(recovery !== undefined && { recovery_policy: recovery }),
  };
}

/** The nodes that must have called before a node may, through those that do not call. */
export function callersBefore({ nodes }: Shape, id: string): readonly string[] {
  const node = nodes.find((other) => other.id === id);
  return (node?.needs ?? []).flatMap((parent) => {
    const calls = nodes.find((other) => other.id === parent)?.uses === 'http.request';
    return calls ? [parent] : callersBefore({ name: '', nodes, ends: 'completed' }, parent);
  });
}
