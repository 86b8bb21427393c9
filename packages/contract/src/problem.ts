import Type, { type Static } from 'typebox';
import { ERRORS, type ErrorCode, type ValidationError } from './errors.ts';
import type { JsonObject } from './json.ts';

/** Every error, as RFC 9457 (application/problem+json). */
export const ProblemSchema = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String(),
    error_code: Type.String(),
    remedy: Type.String(),
    request_id: Type.String(),
    job_status: Type.Optional(
      Type.String({ description: 'The state of the run that forbids what was asked (409).' }),
    ),
    gates: Type.Optional(
      Type.Array(Type.Record(Type.String(), Type.Unknown()), {
        description: 'What the gates of the phase have come to (422).',
      }),
    ),
    validation_errors: Type.Optional(
      Type.Array(
        Type.Object(
          { path: Type.String(), message: Type.String(), value: Type.Optional(Type.Unknown()) },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  {
    additionalProperties: false,
    examples: [
      {
        type: 'urn:tenuto:error:validation_failed',
        title: 'Request validation failed',
        status: 400,
        detail: '/priority must be <= 10',
        error_code: 'validation_failed',
        remedy: 'Correct the fields listed in `validation_errors`.',
        request_id: '0199a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
        validation_errors: [{ path: '/priority', message: 'must be <= 10', value: 11 }],
      },
    ],
  },
);
export type Problem = Static<typeof ProblemSchema>;

export interface ProblemInput {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly requestId: string;
  readonly validationErrors?: readonly ValidationError[];
  readonly jobStatus?: string;
  readonly gates?: readonly JsonObject[];
}

/** The body of an error answer. */
export function problemOf({ code, detail, requestId, ...more }: ProblemInput): Problem {
  const [status, title, remedy] = ERRORS[code];
  return {
    type: `urn:tenuto:error:${code}`,
    title,
    status,
    detail,
    error_code: code,
    remedy,
    request_id: requestId,
    ...(more.jobStatus !== undefined && { job_status: more.jobStatus }),
    ...(more.gates !== undefined && { gates: [...more.gates] }),
    ...(more.validationErrors?.length && { validation_errors: [...more.validationErrors] }),
  };
}
