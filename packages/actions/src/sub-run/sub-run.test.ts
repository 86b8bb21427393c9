import { type ErrorCode, OrchestrationError } from '@tenuto/contract';
import { describe, expect, it, test } from 'vitest';
import { callWith } from '../http/http.fixture.ts';
import { runStart, type SubRunRequest } from './index.ts';

const dag_definition = { nodes: [{ id: 'a', uses: 'transform.cel', with: { value: 1 } }] };

/** Starts a run with these parameters; the server answers with an id, or throws. */
async function start(parameters: object, answer: string | Error = 'run-2') {
  const asked: SubRunRequest[] = [];
  const action = runStart(async (request) => {
    asked.push(request);
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const call = callWith({ dag_definition, ...parameters }, { uses: 'run.start' });
  return { outcome: await action.run(call), asked };
}

describe('run.start', () => {
  it('starts a run in the name of its own, under the key of the node, and waits for it', async () => {
    const { outcome, asked } = await start({ params: { n: 1 } });
    expect(outcome).toEqual({ status: 'waiting', wait: { kind: 'run', runId: 'run-2' } });
    expect(asked).toEqual([
      {
        from: { dag: dag_definition },
        params: { n: 1 },
        name: undefined,
        parentNode: 'node',
        owner: 'somebody',
        parentRun: 'run',
        idempotencyKey: 'key-of-the-node',
      },
    ]);
  });

  it('is done at once when it shall not wait', async () => {
    const { outcome } = await start({ wait: false });
    expect(outcome).toEqual({ status: 'completed', output: { run_id: 'run-2' } });
  });
});

describe('a run from a template', () => {
  it('is asked for by the name of the template, and its version', async () => {
    const { asked } = await start({
      dag_definition: undefined,
      template: 't',
      template_version: 2,
    });
    expect(asked).toMatchObject([{ from: { template: 't', version: 2 } }]);
  });

  it('has no graph of its own', async () => {
    for (const parameters of [{ template: 't' }, { dag_definition: undefined }]) {
      const { outcome, asked } = await start(parameters);
      expect(outcome).toMatchObject({ error: { type: 'invalid_parameters' } });
      expect(asked).toEqual([]);
    }
  });
});

describe('a run that is not taken', () => {
  const refusal = (code: ErrorCode, retryAfterSeconds?: number) =>
    new OrchestrationError(code, 'It was not taken.', {
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    });

  test.each([
    'invalid_plan',
    'invalid_expression',
    'unprocessable',
    'validation_failed',
  ] as const)('because of %s is never tried again', async (code) => {
    const { outcome } = await start({}, refusal(code));
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { classification: 'validation', type: code },
    });
  });

  test.each([
    ['overloaded', 3, 3_000],
    ['store_unavailable', 2, 2_000],
    ['store_unavailable', undefined, undefined],
  ] as const)('because of %s is tried again, not before %j s', async (code, seconds, retryAfterMs) => {
    const { outcome } = await start({}, refusal(code, seconds));
    const { status, error } = 'error' in outcome ? outcome : { status: '', error: undefined };
    expect(status).toBe('failed');
    expect(error).toMatchObject({ classification: 'transient', type: code });
    expect(error?.retryAfterMs).toBe(retryAfterMs);
  });

  it('because of a bug is no answer of the action', async () => {
    await expect(start({}, new TypeError('a bug'))).rejects.toThrow('a bug');
  });
});
