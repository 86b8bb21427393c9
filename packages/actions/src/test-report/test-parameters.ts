import { TestSelectSchema } from '@tenuto/contract';
import Type, { type Static } from 'typebox';
import { commandFields } from '../command/parameters.ts';
import { CaseParameters } from './case-selection.ts';

const cases = Type.Union([Type.Array(CaseParameters), Type.Null()]);

export const failOn = Type.Union([Type.Literal('failures'), Type.Literal('never')], {
  default: 'failures',
  description: '`never` completes the node even if tests fail.',
});

/** What `with` of a `test.run` says. */
export const TestParameters = Type.Object(
  {
    ...commandFields,
    report: Type.Union(
      [
        Type.String({ minLength: 1 }),
        Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100 }),
      ],
      { description: 'Paths or globs of the report files, relative to `cwd`.' },
    ),
    format: Type.Optional(Type.Literal('junit', { default: 'junit' })),
    fail_on: Type.Optional(failOn),
    suite: Type.Optional(
      Type.String({ minLength: 1, description: 'What the ids of the tests begin with.' }),
    ),
    select: Type.Optional(TestSelectSchema),
    cases: Type.Optional(cases),
    skip: Type.Optional(cases),
    on_retry: Type.Optional(Type.Enum(['all', 'failed'], { default: 'all' })),
    list_share: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 1,
        default: 1,
        description: 'How much of the limits of the listed cases the output may use.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type TestParameters = Static<typeof TestParameters>;
