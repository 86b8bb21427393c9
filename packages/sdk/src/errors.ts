import type { ValidationError } from '@tenuto/contract';
import { isRecord } from './shape.ts';

/** What every error answer of the API says (RFC 9457, problem+json). */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly error_code: string;
  readonly remedy?: string;
  readonly request_id?: string;
  /** The state of the job that forbids what was asked. */
  readonly job_status?: string;
  readonly validation_errors: readonly ValidationError[];
}

/** The server answered, and the answer is an error. */
export class ApiError extends Error {
  readonly problem: Problem;
  /** Seconds after which the server wants to be asked again, when it said so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(problem: Problem, retryAfterSeconds?: number) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get status(): number {
    return this.problem.status;
  }
  get errorCode(): string {
    return this.problem.error_code;
  }
  get detail(): string {
    return this.problem.detail;
  }
  get validationErrors(): readonly ValidationError[] {
    return this.problem.validation_errors;
  }
  get requestId(): string | undefined {
    return this.problem.request_id;
  }
  /** What to do about it. */
  get remedy(): string | undefined {
    return this.problem.remedy;
  }
}

/** No answer: the server is not there, or the connection broke. Its cause says which. */
export class ConnectionError extends Error {
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super(`No answer from ${url}: ${reasonOf(cause)}`, { cause });
    this.name = 'ConnectionError';
    this.url = url;
  }
}

/** An answer that is not the API's: another program listens there, or its version is unknown here. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolError';
  }
}

/**
 * Reads an error answer; one that is not problem+json (a proxy's page, say) becomes a problem too.
 *
 * @param status HTTP status of the answer
 * @param body its body, parsed when it was JSON
 */
export function readProblem(status: number, body: unknown): Problem {
  const said = isRecord(body) ? body : {};
  const title = stringOr(said.title, `HTTP ${status}`);
  return {
    status,
    title,
    detail: stringOr(said.detail, title),
    error_code: stringOr(said.error_code, `http_${status}`),
    ...(typeof said.remedy === 'string' && { remedy: said.remedy }),
    ...(typeof said.request_id === 'string' && { request_id: said.request_id }),
    ...(typeof said.job_status === 'string' && { job_status: said.job_status }),
    validation_errors: Array.isArray(said.validation_errors)
      ? said.validation_errors.filter(isValidationError)
      : [],
  };
}

function isValidationError(value: unknown): value is ValidationError {
  return isRecord(value) && typeof value.path === 'string' && typeof value.message === 'string';
}

function stringOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}

/** `fetch` hides what happened ("fetch failed") in a chain of causes; the last one is the news. */
function reasonOf(cause: unknown): string {
  let reason = cause;
  while (reason instanceof Error && reason.cause !== undefined) reason = reason.cause;
  if (!(reason instanceof Error)) return String(reason);
  const code = 'code' in reason && typeof reason.code === 'string' ? reason.code : '';
  return reason.message || code || reason.name;
}
