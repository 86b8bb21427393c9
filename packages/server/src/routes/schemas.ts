import { ID_PATTERN, ProblemSchema } from '@tenuto/contract';
import Type from 'typebox';

export const closed = { additionalProperties: false } as const;

export const uuid = Type.String({ pattern: ID_PATTERN });
export const JobParameters = Type.Object({ job_id: uuid }, closed);
export const RunParameters = Type.Object({ run_id: uuid }, closed);
export const TaskParameters = Type.Object({ task_id: uuid }, closed);
export const PolicyParameters = Type.Object({ policy_id: uuid }, closed);
/** What an owner has given a name; its id does as well. */
export const ResourceParameters = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: 255 }) },
  closed,
);
export const NodeParameters = Type.Object(
  {
    job_id: uuid,
    node_id: Type.String({ minLength: 1, maxLength: 1_000 }),
  },
  closed,
);

/** The header of every POST that makes something. */
export const IdempotencyKey = Type.Object({ 'idempotency-key': Type.Optional(Type.String()) });

/** What every route with a scope may answer, the last two when the server is not well. */
const ALWAYS = [400, 401, 403, 406, 429, 500, 503];

/** Error answers of a route: those of every route, and its own. */
export function problems(...statuses: readonly number[]) {
  const all = [...new Set([...ALWAYS, ...statuses])];
  return Object.fromEntries(all.map((status) => [status, ProblemSchema]));
}

/** `metadata.<key>=<value>` beside the other filters of a list. */
export const metadataParameters = { '^metadata\\.[^\\0]{1,200}$': Type.String() };
