import { ERRORS } from '@tenuto/contract';
import { describe, expect, it } from 'vitest';
import { ApiError, ConnectionError, readProblem } from './errors.ts';

describe('an error answer', () => {
  it('is read with all that it says', () => {
    const error = new ApiError(
      readProblem(422, {
        type: 'about:blank',
        title: 'The graph cannot be run',
        status: 422,
        detail: 'Node "b" needs "a", which is not there.',
        error_code: 'invalid_plan',
        request_id: 'r-1',
        remedy: ERRORS.invalid_plan[2],
        job_status: 'running',
        validation_errors: [{ path: '/dag_definition/nodes/1/needs/0', message: 'unknown node' }],
      }),
    );
    expect(error).toMatchObject({
      name: 'ApiError',
      message: 'Node "b" needs "a", which is not there.',
      status: 422,
      errorCode: 'invalid_plan',
      detail: 'Node "b" needs "a", which is not there.',
      requestId: 'r-1',
      remedy: ERRORS.invalid_plan[2],
      validationErrors: [{ path: '/dag_definition/nodes/1/needs/0', message: 'unknown node' }],
    });
  });

  it.each([
    undefined,
    null,
    '<html>',
    [],
    7,
    { title: 3, detail: '', error_code: null },
  ])('that is %j still becomes an error with its status', (body) => {
    const error = new ApiError(readProblem(502, body));
    expect(error).toMatchObject({
      status: 502,
      errorCode: 'http_502',
      message: 'HTTP 502',
      validationErrors: [],
      remedy: undefined,
      requestId: undefined,
    });
  });

  it('leaves out validation errors that are none', () => {
    const body = {
      validation_errors: [null, { path: 1, message: 'x' }, { path: '/a', message: 'x' }],
    };
    expect(readProblem(400, body).validation_errors).toEqual([{ path: '/a', message: 'x' }]);
  });
});

describe('a missing answer', () => {
  it('is told by the innermost cause', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const cause = new TypeError('fetch failed', { cause: refused });
    expect(new ConnectionError('http://127.0.0.1:1', cause).message).toBe(
      'No answer from http://127.0.0.1:1: connect ECONNREFUSED',
    );
  });

  it('is told by its code when the cause has no words', () => {
    const silent = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(new ConnectionError('u', new TypeError('x', { cause: silent })).message).toBe(
      'No answer from u: ECONNREFUSED',
    );
  });

  it('is told even when the cause is not an error', () => {
    expect(new ConnectionError('u', 'gone').message).toBe('No answer from u: gone');
  });
});
