import Type, { type Static } from 'typebox';
import { NODE_STATUSES, NODE_TYPES, RUN_STATUSES } from './vocabulary.ts';

/**
 * How nodes stand, as a graph shows them: their statuses, and three that tell more. They travel as
 * positions in this list: append, never reorder.
 */
export const GRAPH_STATES = [
  ...NODE_STATUSES,
  /** Failed because of what stands before it: it has not been tried itself. */
  'not_reached',
  /** Waits for its next attempt. */
  'retrying',
  /** Waits for a person: an approval, or a decision. */
  'needs_person',
] as const;
export type GraphState = (typeof GRAPH_STATES)[number];

const closed = { additionalProperties: false } as const;
const count = Type.Integer({ minimum: 0 });
const counts = (description: string) => Type.Array(count, { description });
const integers = (description: string) => Type.Array(Type.Integer(), { description });

/** The plan of a run as columns: entry i of each belongs to node i. It never changes. */
export const JobGraphSchema = Type.Object(
  {
    job_id: Type.String({ format: 'uuid' }),
    plan_hash: Type.String(),
    node_ids: Type.Array(Type.String()),
    types: counts('Of each node, a position in `type_names`.'),
    type_names: Type.Array(Type.Enum([...NODE_TYPES])),
    uses: integers('Of each node, a position in `action_names`; -1 for one that does no work.'),
    action_names: Type.Array(Type.String()),
    groups: integers('The group that each node stands in; -1 for none. Empty without groups.'),
    patterns: integers('The `for_each` around each node, whose instances run. Empty without any.'),
    levels: counts('How many nodes stand before each on the longest way to it.'),
    edges: Type.Object(
      {
        from: counts('Nodes that edges come from.'),
        to: counts('Nodes that they lead to.'),
        labels: Type.Array(Type.Object({ edge: count, when: Type.String() }, closed), {
          description: 'Of edges out of conditions.',
        }),
      },
      closed,
    ),
    critical_path: counts('Nodes of one longest way, each counted as one.'),
  },
  {
    ...closed,
    examples: [
      {
        job_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        plan_hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        node_ids: ['health', 'pause'],
        types: [0, 0],
        type_names: ['action'],
        uses: [0, 1],
        action_names: ['http.request', 'sleep.for'],
        groups: [],
        patterns: [],
        levels: [0, 1],
        edges: { from: [0], to: [1], labels: [] },
        critical_path: [0, 1],
      },
    ],
  },
);
export type JobGraph = Static<typeof JobGraphSchema>;

/** How the nodes of a run stand: all of them, or those that have changed since a mark. */
export const JobGraphStateSchema = Type.Object(
  {
    mark: Type.String({ description: 'What to ask with again, for what has changed since.' }),
    whole: Type.Boolean({ description: 'Everything is told: what was known before is void.' }),
    more: Type.Boolean({ description: 'There is more by now: ask again at once.' }),
    status: Type.Enum([...RUN_STATUSES]),
    base_ms: Type.Integer({ description: 'Times are milliseconds since this one.' }),
    nodes: Type.Object(
      {
        node: counts('Its index; instances of `for_each` stand behind the nodes of the plan.'),
        state: counts(`A position in: ${GRAPH_STATES.join(', ')}.`),
        attempts: counts('How many have begun.'),
      },
      closed,
    ),
    instances: Type.Array(Type.Object({ node: count, of: count, node_id: Type.String() }, closed), {
      description: 'Nodes among them that `for_each` has made, each of a node of the plan.',
    }),
    waits: Type.Array(
      Type.Object(
        { node: count, since: Type.Integer(), until: Type.Union([Type.Integer(), Type.Null()]) },
        closed,
      ),
      { description: 'Since and until when those of them wait that wait.' },
    ),
    attempts: Type.Object(
      {
        node: counts('Of attempts that have ended since, in the order of their ends.'),
        attempt: counts('Their numbers.'),
        state: counts('How they ended, as a position in the list of states.'),
        started: integers('Milliseconds since `base_ms`.'),
        ended: integers('Milliseconds since `base_ms`.'),
      },
      closed,
    ),
    running: Type.Array(
      Type.Object({ node: count, attempt: count, started: Type.Integer() }, closed),
      { description: 'All attempts that go on, of which it is written down since when.' },
    ),
  },
  {
    ...closed,
    examples: [
      {
        mark: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1c.7.42',
        whole: true,
        more: false,
        status: 'running',
        base_ms: 1_768_469_400_000,
        nodes: { node: [0, 1], state: [4, 2], attempts: [1, 1] },
        instances: [],
        waits: [],
        attempts: { node: [0], attempt: [1], state: [4], started: [12], ended: [72] },
        running: [{ node: 1, attempt: 1, started: 75 }],
      },
    ],
  },
);
export type JobGraphState = Static<typeof JobGraphStateSchema>;
