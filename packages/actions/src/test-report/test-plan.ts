import { glob } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { LIMITS, TestSelectSchema } from '@tenuto/contract';
import { type ActionCall, type ActionOutcome, planShards, type TestMemory } from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import type { ActionDefinition } from '../action.ts';
import { workingFolder } from '../command/folder.ts';
import { withRefusals } from '../command/launch.ts';
import type { CommandOptions } from '../command/options.ts';
import { parseParameters } from '../command/parameters.ts';
import { Refusal } from '../command/refusal.ts';
import { CaseParameters } from './case-selection.ts';
import { NO_MEMORY, withMemory } from './memory.ts';
import { type Units, unitsOfCases, unitsOfFiles } from './shard-units.ts';

const Parameters = Type.Object(
  {
    suite: Type.String({ minLength: 1 }),
    shards: Type.Integer({ minimum: 1, maximum: LIMITS.testShards }),
    select: TestSelectSchema,
    cwd: Type.Optional(Type.String()),
    pattern: Type.Optional(
      Type.String({ minLength: 1, description: 'Glob of the test files below `cwd`.' }),
    ),
    cases: Type.Optional(Type.Array(CaseParameters)),
  },
  { additionalProperties: false },
);
type Parameters = Static<typeof Parameters>;

/** A plan is an output; more units than this do not fit into one. */
const UNITS = 20_000;

/**
 * The action `test.plan`: spreads a suite over shards by what its tests took in the past, longest
 * first. What is spread are the cases given, else the files of `pattern`, else the cases that the
 * history has of the suite. The output is `{shards: [{cases, skip, units, expected_seconds}],
 * units, unknown}`; `cases` and `skip` go to the `test.run` of each shard. Where a suite can leave
 * cases out (`select.skip_args`), the smallest shard runs whatever the others do not, new ones too.
 */
export function testPlan(
  options: Pick<CommandOptions, 'allow' | 'root'>,
  memory: TestMemory = NO_MEMORY,
): ActionDefinition {
  return {
    name: 'test.plan',
    description: 'Spreads the tests of a suite over shards by their past durations.',
    parameters: Parameters,
    run: (call) => withRefusals(() => withMemory(() => plan({ options, memory }, call))),
  };
}

interface Hands {
  readonly options: Pick<CommandOptions, 'allow' | 'root'>;
  readonly memory: TestMemory;
}

async function plan({ options, memory }: Hands, call: ActionCall): Promise<ActionOutcome> {
  const parameters = parseParameters(Parameters, call.with);
  const { suite, select, shards: count, cases } = parameters;
  const known = await memory.known(call.owner, suite);
  const files = await filesOf(options, parameters, call.signal);
  const units =
    files === undefined || cases !== undefined
      ? unitsOfCases({ select, suite, cases: cases ?? known, known })
      : unitsOfFiles(files, known);
  if (units.all.length > UNITS) {
    throw new Refusal('too_many_units', `There is more to spread than ${UNITS} units.`);
  }
  const takesRest = cases === undefined && files === undefined && select.skip_args !== undefined;
  if (units.all.length === 0 && !takesRest) {
    const message =
      'Nothing is known of what the suite runs: give it a `pattern` of files, cases in the catalogue, or `select.skip_args`.';
    throw new Refusal('no_tests_found', message);
  }
  const unknown = units.all.filter(({ durationMs }) => durationMs === undefined).length;
  const shards = shardsOf(units, count, takesRest);
  return { status: 'completed', output: { shards, units: units.all.length, unknown } };
}

function shardsOf({ all, caseOf }: Units, count: number, takesRest: boolean) {
  const casesOf = (keys: readonly string[]) => keys.flatMap((key) => caseOf.get(key) ?? []);
  const planned = planShards(all, count);
  const least = planned.reduce((a, b) => (b.durationMs < a.durationMs ? b : a));
  return planned.map((shard) => {
    const others = planned.filter((other) => other !== shard);
    const isRest = takesRest && shard === least;
    return {
      cases: isRest ? null : casesOf(shard.keys),
      skip: isRest ? others.flatMap(({ keys }) => casesOf(keys)) : null,
      units: shard.keys.length,
      expected_seconds: Math.round(shard.durationMs) / 1_000,
    };
  });
}

/** The files that a pattern finds; undefined without one. */
async function filesOf(
  options: Hands['options'],
  { cwd, pattern }: Parameters,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  if (pattern === undefined) return undefined;
  if (options.allow === 'none') {
    const message = 'This server starts no commands, and shows no folders either.';
    throw new Refusal('command_not_allowed', message);
  }
  if (isAbsolute(pattern) || pattern.split(/[/\\]/).includes('..') || pattern.includes('\0')) {
    throw new Refusal('invalid_parameters', '`pattern` must lie below the working folder.');
  }
  const folder = await workingFolder(options.root, cwd);
  const files: string[] = [];
  for await (const file of glob(pattern, { cwd: folder })) {
    signal.throwIfAborted();
    files.push(file.replaceAll('\\', '/'));
    if (files.length > UNITS) break;
  }
  if (files.length > 0) return files.sort();
  throw new Refusal('no_tests_found', `No file matches \`pattern\`: ${pattern}`);
}
