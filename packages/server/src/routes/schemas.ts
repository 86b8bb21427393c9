import { ProblemSchema } from '@tenuto/contract';
import Type from 'typebox';

export const closed = { additionalProperties: false } as const;

const UUID = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$';
export const JobParameters = Type.Object({ job_id: Type.String({ pattern: UUID }) }, closed);
export const NodeParameters = Type.Object(
  {
    job_id: Type.String({ pattern: UUID }),
    node_id: Type.String({ minLength: 1, maxLength: 1_000 }),
  },
  closed,
);

/** Error answers of a route, besides those that every route may give. */
export function problems(...statuses: readonly number[]) {
  const all = [...new Set([401, 403, 429, ...statuses])];
  return Object.fromEntries(all.map((status) => [status, ProblemSchema]));
}
