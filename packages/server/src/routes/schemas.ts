import { ProblemSchema } from '@tenuto/contract';
import Type from 'typebox';

export const closed = { additionalProperties: false } as const;

const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
export const uuid = Type.String({ pattern: UUID });
export const JobParameters = Type.Object({ job_id: uuid }, closed);
export const RunParameters = Type.Object({ run_id: uuid }, closed);
export const TaskParameters = Type.Object({ task_id: uuid }, closed);
export const PolicyParameters = Type.Object({ policy_id: uuid }, closed);
export const NodeParameters = Type.Object(
  {
    job_id: uuid,
    node_id: Type.String({ minLength: 1, maxLength: 1_000 }),
  },
  closed,
);

/** What every route with a scope may answer, the last two when the server is not well. */
const ALWAYS = [400, 401, 403, 406, 429, 500, 503];

/** Error answers of a route: those of every route, and its own. */
export function problems(...statuses: readonly number[]) {
  const all = [...new Set([...ALWAYS, ...statuses])];
  return Object.fromEntries(all.map((status) => [status, ProblemSchema]));
}
