/**
 * Expected errors are a table: code, HTTP status, title and what to do about it. Docs, SDK and
 * problem+json answers are made from it; a code that is not here does not compile.
 */
export const ERRORS = {
  malformed_request: [
    400,
    'Malformed request',
    'Correct the request as `detail` says and send it again.',
  ],
  validation_failed: [
    400,
    'Request validation failed',
    'Correct the fields listed in `validation_errors`.',
  ],
  protected_principal: [
    400,
    'The principal must stay as it is',
    'Let another administrator do it, or make another one first, as `detail` says.',
  ],
  unauthorized: [
    401,
    'Authentication required',
    'Send `Authorization: Bearer` with a valid token.',
  ],
  forbidden: [403, 'Not allowed', 'Ask an administrator for the scope that `detail` names.'],
  not_found: [404, 'Not found', 'Check the id; what belongs to somebody else is not found either.'],
  method_not_allowed: [405, 'Method not allowed', 'Use one of the methods in the Allow header.'],
  not_acceptable: [406, 'Not acceptable', 'Ask for application/json.'],
  conflict: [409, 'Conflict', 'Read the resource again and decide on its present state.'],
  invalid_job_state: [
    409,
    'The run is not in a state that allows this',
    'Read the run: its status decides what is possible.',
  ],
  precondition_failed: [
    412,
    'Precondition failed',
    'Read the resource again and repeat with its present ETag.',
  ],
  payload_too_large: [
    413,
    'Payload too large',
    'Send less, or raise the body limit of the server.',
  ],
  range_not_satisfiable: [
    416,
    'Range not satisfiable',
    'Ask for a range within the length that Content-Range names.',
  ],
  unsupported_media_type: [415, 'Unsupported media type', 'Send application/json.'],
  invalid_plan: [
    422,
    'The graph cannot be run',
    'Correct the nodes that `validation_errors` names.',
  ],
  invalid_expression: [
    422,
    'An expression is wrong',
    'Correct the expression; `validation_errors` has its place.',
  ],
  gate_blocked: [
    422,
    'A gate does not let the phase pass',
    'Do what the gates say, then call `next` again: the phase is executed anew.',
  ],
  unprocessable: [422, 'The request cannot be carried out', 'Change the request as `detail` says.'],
  invalid_retry_policy: [
    422,
    'The retry policy cannot be followed',
    'Correct what `validation_errors` names.',
  ],
  invalid_schedule: [
    422,
    'The schedule cannot be followed',
    'Correct what `validation_errors` names; `POST /tasks/preview` tries a schedule without storing it.',
  ],
  idempotency_mismatch: [
    422,
    'Idempotency-Key was used with another body',
    'Use a new key for a new request.',
  ],
  rate_limited: [429, 'Too many requests', 'Wait as long as Retry-After says.'],
  quota_exceeded: [
    429,
    'A quota is used up',
    'Wait until there is room, as `detail` says, or ask an administrator for a larger quota.',
  ],
  overloaded: [503, 'Overloaded', 'Wait as long as Retry-After says and send the request again.'],
  store_unavailable: [
    503,
    'The database cannot be reached',
    'Try again shortly; nothing was changed unless an earlier answer said so.',
  ],
  internal_error: [500, 'Internal error', 'Report it with the request id.'],
} as const satisfies Record<string, readonly [status: number, title: string, remedy: string]>;

export type ErrorCode = keyof typeof ERRORS;

export interface ValidationError {
  /** JSON pointer or field path of what is wrong. */
  readonly path: string;
  readonly message: string;
  readonly value?: unknown;
}

interface ErrorDetails {
  readonly runId?: string;
  readonly nodeId?: string;
  readonly validationErrors?: readonly ValidationError[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** An expected error: it has a code from {@link ERRORS} and a sentence that says what to do. */
export class OrchestrationError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly remedy: string;
  readonly runId: string | undefined;
  readonly nodeId: string | undefined;
  readonly validationErrors: readonly ValidationError[];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, detail: string, details: ErrorDetails = {}) {
    super(detail, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    [this.status, , this.remedy] = ERRORS[code];
    this.runId = details.runId;
    this.nodeId = details.nodeId;
    this.validationErrors = details.validationErrors ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** The graph that was sent cannot be run: a cycle, an unknown parent, a duplicate id, ... */
export class PlanError extends OrchestrationError {
  constructor(detail: string, validationErrors: readonly ValidationError[] = []) {
    super('invalid_plan', detail, { validationErrors });
  }
}

/** An expression does not parse, names something that is not in scope, or yields the wrong type. */
export class ExpressionError extends OrchestrationError {
  constructor(detail: string, validationErrors: readonly ValidationError[] = []) {
    super('invalid_expression', detail, { validationErrors });
  }
}

/** A retry policy that cannot be followed, or one that is named and not there. */
export class RetryPolicyError extends OrchestrationError {
  constructor(detail: string, validationErrors: readonly ValidationError[] = []) {
    super('invalid_retry_policy', detail, { validationErrors });
  }
}

/** A schedule that cannot be read, or that never fires. */
export class ScheduleError extends OrchestrationError {
  /** The field of the request that is wrong. */
  readonly path: string;

  constructor(path: string, message: string) {
    super('invalid_schedule', message, { validationErrors: [{ path, message }] });
    this.path = path;
  }
}

/** A transition that the run's status does not allow. */
export class InvalidJobStateError extends OrchestrationError {
  constructor(detail: string, runId: string) {
    super('invalid_job_state', detail, { runId });
  }
}
