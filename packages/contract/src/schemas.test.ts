import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import * as contract from './index.ts';

const schemas = Object.entries<unknown>(contract).flatMap(([name, schema]) =>
  name.endsWith('Schema') && Type.IsSchema(schema) && 'examples' in schema
    ? [[name, schema] as const]
    : [],
);

describe('every schema', () => {
  it('that is a body has an example', () => {
    expect(schemas.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'SubmitJobSchema',
        'EditJobSchema',
        'JobSchema',
        'JobListSchema',
        'JobNodeSchema',
        'AttemptListSchema',
        'LogLineListSchema',
        'HistoryListSchema',
        'DryRunSchema',
        'HealthSchema',
        'ProbeSchema',
        'ProblemSchema',
        'WriteRetryPolicySchema',
        'EditRetryPolicySchema',
        'StoredRetryPolicySchema',
        'StoredRetryPolicyListSchema',
      ]),
    );
  });

  it.each(schemas)('%s has examples that are valid', (_, schema) => {
    const check = Compile(schema);
    const examples: unknown = Reflect.get(schema, 'examples');
    expect(Array.isArray(examples)).toBe(true);
    for (const example of examples as unknown[]) expect(check.Errors(example)).toEqual([]);
  });

  it.each(
    schemas.filter(([, schema]) => Reflect.get(schema, 'type') === 'object'),
  )('%s is closed', (_, schema) => {
    expect(Reflect.get(schema, 'additionalProperties')).toBe(false);
  });
});

describe('a problem', () => {
  it('is made from the table of errors', () => {
    const validationErrors = [{ path: '/a', message: 'is wrong' }];
    expect(
      contract.problemOf({
        code: 'conflict',
        detail: 'It is so.',
        requestId: 'r',
        jobStatus: 'running',
        validationErrors,
      }),
    ).toEqual({
      type: 'urn:tenuto:error:conflict',
      title: 'Conflict',
      status: 409,
      detail: 'It is so.',
      error_code: 'conflict',
      remedy: 'Read the resource again and decide on its present state.',
      request_id: 'r',
      job_status: 'running',
      validation_errors: validationErrors,
    });
    const bare = contract.problemOf({ code: 'not_found', detail: '', requestId: 'r' });
    expect('validation_errors' in bare || 'job_status' in bare).toBe(false);
  });
});
