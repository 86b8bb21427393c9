import Type, { type Static } from 'typebox';
import { LIMITS } from './limits.ts';
import { listSchema } from './list.ts';
import { TimeSchema } from './time.ts';

const closed = { additionalProperties: false } as const;
const text = Type.Union([Type.String(), Type.Null()]);
const argument = Type.String({ maxLength: 10_000 });
const path = Type.String({ minLength: 1, maxLength: 4_096 });
const testName = Type.String({ minLength: 1, maxLength: LIMITS.testNameChars });
const args = Type.Array(argument, { minItems: 1, maxItems: 100 });

/** An id that people choose: it stands in addresses, and becomes the id of a node. */
export const CatalogueIdSchema = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:@-]{0,99}$',
  description: 'Chosen by who registers the entry; suites and cases share one set of ids.',
});

/** How a runner is told on its command line which cases to run. */
export const TestSelectSchema = Type.Object(
  {
    case: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1_000,
        description:
          'How one case is named: text with `{name}`, `{classname}`, `{file}`, `{suite}`. ' +
          'Default: `{file}` where the suite has a `pattern`, else `{name}`.',
      }),
    ),
    case_args: Type.Array(argument, {
      minItems: 1,
      maxItems: 20,
      description:
        'Arguments that select cases. One with `{case}` is given once for each case, one with ' +
        '`{cases}` once for all of them, joined.',
    }),
    skip_args: Type.Optional(
      Type.Array(argument, {
        minItems: 1,
        maxItems: 20,
        description:
          'Arguments that leave cases out. With them the smallest shard runs all that is new.',
      }),
    ),
    join: Type.Optional(Type.String({ maxLength: 20, default: '|' })),
    escape: Type.Optional(
      Type.Enum(['none', 'regex'], {
        default: 'none',
        description: '`regex`: what is special in a regular expression is escaped in each case.',
      }),
    ),
  },
  { ...closed, examples: [{ case: '{name}', case_args: ['-run=^({cases})$'], escape: 'regex' }] },
);
export type TestSelect = Static<typeof TestSelectSchema>;

const definition = {
  title: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  description: Type.Optional(Type.String({ maxLength: LIMITS.descriptionChars })),
  command: Type.Optional(
    Type.Array(argument, {
      minItems: 1,
      maxItems: 1_000,
      description:
        'Program and arguments; `{case_args}` is where selected cases go, the end by default.',
    }),
  ),
  folder: Type.Optional(Type.String({ ...path, description: 'Working folder of the command.' })),
  env: Type.Optional(Type.Record(Type.String({ minLength: 1 }), argument)),
  report: Type.Optional(
    Type.Union([path, Type.Array(path, { minItems: 1, maxItems: 100 })], {
      description:
        'Paths or globs of the JUnit XML that the command writes, below the folder. `{attempt}` ' +
        '(in the command, too) keeps runs side by side apart.',
    }),
  ),
  pattern: Type.Optional(
    Type.String({
      ...path,
      description: 'Glob of the test files below the folder; shards are made of these files.',
    }),
  ),
  select: Type.Optional(TestSelectSchema),
  shards: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMITS.testShards })),
  on_retry: Type.Optional(
    Type.Enum(['all', 'failed'], {
      default: 'all',
      description: '`failed`: a further attempt of a node runs only what failed in the one before.',
    }),
  ),
  timeout_seconds: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 86_400 })),
  owner: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'The person or team in charge.' }),
  ),
  tags: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: LIMITS.tagChars }), {
      maxItems: LIMITS.tags,
    }),
  ),
  suite_id: Type.Optional(
    Type.String({ ...CatalogueIdSchema, description: 'Of a case: the suite it belongs to.' }),
  ),
  classname: Type.Optional(Type.String({ ...testName, description: 'Of a case: its class.' })),
  name: Type.Optional(
    Type.String({ ...testName, description: 'Of a case: its name in the report. Default: id.' }),
  ),
  file: Type.Optional(Type.String({ ...path, description: 'Of a case: the file it is in.' })),
};

const suiteExample = {
  kind: 'suite',
  title: 'Unit tests of the shop',
  command: ['npx', 'vitest', 'run', '--reporter=junit', '--outputFile=.report-{attempt}.xml'],
  folder: 'apps/shop',
  report: '.report-{attempt}.xml',
  pattern: 'src/**/*.test.ts',
  select: { case_args: ['{case}'] },
  shards: 4,
  owner: 'team-shop',
  tags: ['unit'],
  timeout_seconds: 600,
};

/** The body of `PUT /tests/catalogue/{id}`: a suite or a case, whole. */
export const TestEntryBodySchema = Type.Object(
  { kind: Type.Enum(['suite', 'case']), ...definition },
  { ...closed, examples: [suiteExample] },
);
export type TestEntryBody = Static<typeof TestEntryBodySchema>;

/** The body of `POST /tests/catalogue`. */
export const NewTestEntrySchema = Type.Object(
  { id: CatalogueIdSchema, kind: Type.Enum(['suite', 'case']), ...definition },
  { ...closed, examples: [{ id: 'shop-unit', ...suiteExample }] },
);
export type NewTestEntry = Static<typeof NewTestEntrySchema>;

/** An entry of the catalogue, as every route answers it. */
export const TestEntrySchema = Type.Object(
  {
    id: CatalogueIdSchema,
    kind: Type.Enum(['suite', 'case']),
    title: text,
    description: text,
    command: Type.Union([args, Type.Null()]),
    folder: text,
    env: Type.Record(Type.String(), Type.String()),
    report: Type.Array(Type.String()),
    pattern: text,
    select: Type.Union([TestSelectSchema, Type.Null()]),
    shards: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]),
    on_retry: Type.Enum(['all', 'failed']),
    timeout_seconds: Type.Union([Type.Number(), Type.Null()]),
    owner: text,
    tags: Type.Array(Type.String()),
    suite_id: text,
    classname: text,
    name: text,
    file: text,
    created_by: Type.String({ description: 'The principal that it belongs to.' }),
    created_at: TimeSchema,
    updated_at: TimeSchema,
    version: Type.Integer({ minimum: 1 }),
  },
  {
    ...closed,
    examples: [
      {
        ...suiteExample,
        id: 'shop-unit',
        description: null,
        env: {},
        report: ['.report-{attempt}.xml'],
        on_retry: 'all',
        suite_id: null,
        classname: null,
        name: null,
        file: null,
        created_by: 'ann',
        created_at: '2026-01-15T09:30:00.000Z',
        updated_at: '2026-01-15T09:30:00.000Z',
        version: 1,
      },
    ],
  },
);
export type TestEntry = Static<typeof TestEntrySchema>;
export const TestEntryListSchema = listSchema(TestEntrySchema);
