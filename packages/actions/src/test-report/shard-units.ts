import type { TestSelect } from '@tenuto/contract';
import type { KnownTest, ShardUnit } from '@tenuto/engine';
import { type CaseParameters, caseText, fieldsNamed } from './case-selection.ts';

/** What is spread over shards, and how a runner is told of each. */
export interface Units {
  readonly all: readonly ShardUnit[];
  readonly caseOf: ReadonlyMap<string, CaseParameters>;
}

/** Test files, each with the sum of what the tests in it take. */
export function unitsOfFiles(files: readonly string[], known: readonly KnownTest[]): Units {
  const places = placesOf(known);
  return {
    all: files.map((key) => ({ key, durationMs: durationOf(key, places) })),
    caseOf: new Map(files.map((file) => [file, { name: file, file }])),
  };
}

/** What the tests of each file take, by the name of the file without its folders. */
type Places = ReadonlyMap<string, readonly (readonly [place: string, ms: number])[]>;

/** Many runners say the file in place of a class. */
function placesOf(known: readonly KnownTest[]): Places {
  const timed = known.flatMap(({ file, classname, durationMs }) => {
    const place = (file ?? classname).replaceAll('\\', '/');
    return place === '' || durationMs === null ? [] : [[place, durationMs] as const];
  });
  return Map.groupBy(timed, ([place]) => lastPart(place));
}

/** Some runners report whole paths, or paths from another folder. */
function durationOf(file: string, places: Places): number | undefined {
  const found = (places.get(lastPart(file)) ?? []).filter(
    ([place]) => place === file || place.endsWith(`/${file}`),
  );
  return found.length === 0 ? undefined : found.reduce((sum, [, ms]) => sum + ms, 0);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

interface CasesOf {
  readonly select: TestSelect;
  readonly suite: string;
  readonly cases: readonly CaseParameters[];
  readonly known: readonly KnownTest[];
}

/** Cases, as one unit those that the runner is told of by the same text. */
export function unitsOfCases({ select, suite, cases, known }: CasesOf): Units {
  const durations = new Map<string, number>();
  for (const test of known) {
    const key = caseText(select, suite, test);
    if (key === undefined || test.durationMs === null) continue;
    durations.set(key, (durations.get(key) ?? 0) + test.durationMs);
  }
  const fields = fieldsNamed(select);
  const caseOf = new Map<string, CaseParameters>();
  for (const test of cases) {
    const key = caseText(select, suite, test);
    // What cannot be named runs in the shard that takes the rest.
    if (key !== undefined && !caseOf.has(key)) caseOf.set(key, asNamed(test, fields));
  }
  return {
    all: [...caseOf.keys()].map((key) => ({ key, durationMs: durations.get(key) })),
    caseOf,
  };
}

/** No more of a case than its naming asks for: a plan may hold thousands. */
function asNamed(test: CaseParameters, fields: ReadonlySet<string>): CaseParameters {
  const { name, classname, file } = test;
  return {
    name,
    ...(fields.has('classname') && classname !== undefined && { classname }),
    ...(fields.has('file') && typeof file === 'string' && { file }),
  };
}
