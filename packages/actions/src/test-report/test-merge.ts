import type { Json, JsonObject } from '@tenuto/contract';
import type { ActionError, ActionOutcome } from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ActionDefinition } from '../action.ts';
import { testsFailed } from './judgement.ts';
import { addCounts, isBad, NO_TESTS, REPORT_LIMITS, type TestCounts } from './report.ts';
import { failOn } from './test-parameters.ts';

const Parameters = Type.Object(
  {
    nodes: Type.Array(Type.String(), { description: 'Ids of the nodes, in the order of outputs.' }),
    outputs: Type.Array(Type.Unknown(), { description: 'What they gave; null for nothing.' }),
    fail_on: Type.Optional(failOn),
  },
  { additionalProperties: false },
);

const count = Type.Integer({ minimum: 0 });
const Counts = Type.Object({
  total: count,
  passed: count,
  failed: count,
  errors: count,
  skipped: count,
  disabled: count,
  flaky: count,
});
const Case = Type.Object({
  id: Type.String(),
  status: Type.String(),
  flaky: Type.Boolean(),
  quarantined: Type.Optional(Type.Boolean()),
});
const Part = Type.Object({
  exit_code: Type.Union([Type.Number(), Type.Null()]),
  counts: Counts,
  duration_seconds: Type.Number(),
  suites: Type.Array(Type.Object({})),
  cases: Type.Array(Case),
  quarantined_failures: Type.Optional(Type.Array(Type.String())),
  quarantined_omitted: Type.Optional(count),
  truncated: Type.Optional(Type.Object({})),
});
type Part = Static<typeof Part>;

const parameters = Compile(Parameters);
const part = Compile(Part);

/** Nodes without a report that a message names. */
const NAMED = 5;

/**
 * The action `test.merge`: the outputs of several `test.run` nodes as the output of one, which
 * passes when all of them did.
 */
export function testMerge(): ActionDefinition {
  return {
    name: 'test.merge',
    description: 'Puts the reports of the shards or cases of a suite together.',
    parameters: Parameters,
    run: (call) => merge(parameters.Parse(call.with)),
  };
}

function merge({ nodes, outputs, fail_on: failOn }: Static<typeof Parameters>): ActionOutcome {
  const read = nodes.map((node, i) => ({ node, part: partOf(outputs[i]) }));
  const parts = read.flatMap(({ part: found }) => found ?? []);
  const silent = read.flatMap(({ node, part: found }) => (found === undefined ? [node] : []));
  const output = outputOf(read, parts);
  const error =
    silentNodes(silent) ??
    (failOn === 'never' ? undefined : failedTests(parts)) ??
    brokenNodes(read);
  return error === undefined
    ? { status: 'completed', output }
    : { status: 'failed', error, output };
}

function partOf(output: unknown): Part | undefined {
  return part.Check(output) ? output : undefined;
}

interface ReadPart {
  readonly node: string;
  readonly part: Part | undefined;
}

function countsOf(parts: readonly Part[]): TestCounts {
  return parts.map(({ counts }) => counts).reduce(addCounts, NO_TESTS);
}

function outputOf(read: readonly ReadPart[], parts: readonly Part[]): JsonObject {
  const counts = countsOf(parts);
  const cases = parts.flatMap((one) => one.cases);
  const listed = [
    ...cases.filter(isBad),
    ...cases.filter((one) => !isBad(one) && one.flaky),
    ...cases.filter((one) => !isBad(one) && !one.flaky),
  ].slice(0, REPORT_LIMITS.cases);
  const excused = parts.flatMap(({ quarantined_failures: failures = [] }) => failures);
  return {
    exit_code: parts.find(({ exit_code: code }) => code !== 0 && code !== null)?.exit_code ?? 0,
    counts,
    duration_seconds: parts.reduce((sum, one) => sum + one.duration_seconds, 0),
    suites: json(parts.flatMap(({ suites }) => suites).slice(0, REPORT_LIMITS.suites)),
    cases: json(listed),
    ...(excused.length > 0 && { quarantined_failures: excused }),
    ...(listed.length < counts.total && {
      truncated: { cases_listed: listed.length, cases_total: counts.total },
    }),
    parts: read.map(({ node, part: found }) => ({
      node,
      exit_code: found?.exit_code ?? null,
      counts: found?.counts ?? null,
      duration_seconds: found?.duration_seconds ?? null,
    })),
  };
}

/** Outputs came through the engine, which only carries JSON. */
function json(value: readonly object[]): Json {
  return value as Json;
}

function silentNodes(nodes: readonly string[]): ActionError | undefined {
  if (nodes.length === 0) return undefined;
  const more = nodes.length > NAMED ? `, and ${nodes.length - NAMED} more` : '';
  return {
    classification: 'permanent',
    type: 'report_missing',
    message: `No report came from ${nodes.slice(0, NAMED).join(', ')}${more}; their errors say why.`,
  };
}

function failedTests(parts: readonly Part[]): ActionError | undefined {
  const counts = countsOf(parts);
  const bad = counts.failed + counts.errors - excusedCount(parts);
  if (bad <= 0) return undefined;
  const named = parts
    .flatMap(({ cases }) => cases)
    .filter((one) => isBad(one) && one.quarantined !== true)
    .map(({ id }) => id);
  const { message, ...error } = testsFailed(counts, named);
  const said = named.length === bad ? message : `${bad} of ${counts.total} tests failed.`;
  return { ...error, classification: 'permanent', message: said };
}

function excusedCount(parts: readonly Part[]): number {
  return parts.reduce(
    (sum, { quarantined_failures: failures = [], quarantined_omitted: omitted = 0 }) =>
      sum + failures.length + omitted,
    0,
  );
}

/** A command may fail although its tests passed: a coverage that is too low, for one. */
function brokenNodes(read: readonly ReadPart[]): ActionError | undefined {
  const broken = read.filter(
    ({ part: found }) =>
      found !== undefined &&
      found.exit_code !== 0 &&
      found.exit_code !== null &&
      found.counts.failed + found.counts.errors === 0,
  );
  const [first] = broken;
  if (first === undefined) return undefined;
  return {
    classification: 'permanent',
    type: 'exit_code',
    message: `The command of ${first.node} ended with exit code ${first.part?.exit_code} although its tests passed.`,
  };
}
