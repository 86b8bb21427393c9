import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject, TestSelect } from '@tenuto/contract';
import type { KnownTest, TestMemory } from '@tenuto/engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callWith, errorOf, type Scratch, scratch } from '../command/command.fixture.ts';
import { NO_MEMORY } from './memory.ts';
import { testPlan } from './test-plan.ts';

let place: Scratch;
beforeEach(async () => {
  place = await scratch();
});
afterEach(() => place.remove());

function known(name: string, durationMs: number | null, over: Partial<KnownTest> = {}): KnownTest {
  return { suite: 'unit', classname: 'C', name, file: null, durationMs, ...over };
}

const FILES: TestSelect = { case: '{file}', case_args: ['{case}'] };
const NAMES: TestSelect = { case_args: ['{case}'], skip_args: ['--not={case}'] };

async function plan(
  parameters: JsonObject,
  tests: readonly KnownTest[] = [],
  allow: 'any' | 'none' = 'any',
) {
  const memory: TestMemory = { ...NO_MEMORY, known: async () => tests };
  const action = testPlan({ allow, root: place.folder }, memory);
  return action.run(callWith({ suite: 'unit', shards: 2, ...parameters }));
}

interface Shard {
  readonly cases: readonly { readonly name: string }[] | null;
  readonly skip: readonly { readonly name: string }[] | null;
  readonly expected_seconds: number;
}

async function shardsOf(...args: Parameters<typeof plan>): Promise<readonly Shard[]> {
  const outcome = await plan(...args);
  const output: unknown = 'output' in outcome ? outcome.output : undefined;
  const shards: unknown = Reflect.get(Object(output), 'shards');
  if (!Array.isArray(shards)) throw new Error(JSON.stringify(outcome));
  return shards;
}

const names = (cases: Shard['cases']) => cases?.map(({ name }) => name) ?? null;

async function files(...paths: readonly string[]) {
  for (const path of paths) {
    await mkdir(join(place.folder, path, '..'), { recursive: true });
    await place.file(path, '');
  }
}

describe('a plan of files', () => {
  it('spreads what the pattern finds by what the tests in each file took', async () => {
    await files('src/a.test.ts', 'src/b.test.ts', 'src/deep/c.test.ts', 'src/d.ts');
    const tests = [
      known('1', 600, { file: '/build/repo/src/a.test.ts' }),
      known('2', 300, { file: '/build/repo/src/a.test.ts' }),
      known('3', 500, { classname: 'src/b.test.ts' }),
      known('4', 300, { file: 'src\\deep\\c.test.ts' }),
      known('5', 9_000, { file: 'src/gone.test.ts' }),
    ];
    const shards = await shardsOf({ select: FILES, pattern: 'src/**/*.test.ts' }, tests);
    expect(shards).toEqual([
      {
        ...{ cases: [{ name: 'src/a.test.ts', file: 'src/a.test.ts' }], skip: null },
        ...{ units: 1, expected_seconds: 0.9 },
      },
      {
        cases: [
          { name: 'src/b.test.ts', file: 'src/b.test.ts' },
          { name: 'src/deep/c.test.ts', file: 'src/deep/c.test.ts' },
        ],
        ...{ skip: null, units: 2, expected_seconds: 0.8 },
      },
    ]);
  });

  it('has a place for files that nobody has seen run', async () => {
    await files('a.test.ts', 'new.test.ts');
    const outcome = await plan({ select: FILES, pattern: '*.test.ts' }, [
      known('1', 700, { file: 'a.test.ts' }),
    ]);
    expect(outcome).toMatchObject({ output: { units: 2, unknown: 1 } });
    const shards = await shardsOf({ select: FILES, pattern: '*.test.ts' });
    expect(shards.map(({ cases }) => names(cases))).toEqual([['a.test.ts'], ['new.test.ts']]);
  });

  it.each([
    ['no file', '*.spec.ts', 'no_tests_found'],
    ['a folder above', '../*.ts', 'invalid_parameters'],
    ['a folder elsewhere', '/etc/*', 'invalid_parameters'],
  ])('fails where its pattern leads to %s', async (_, pattern, type) => {
    expect(errorOf(await plan({ select: FILES, pattern }))).toMatchObject({ type });
  });

  it('is not made where no commands may be started, or outside of their folder', async () => {
    await files('a.test.ts');
    const forbidden = await plan({ select: FILES, pattern: '*.ts' }, [], 'none');
    expect(errorOf(forbidden).type).toBe('command_not_allowed');
    const outside = await plan({ select: FILES, pattern: '*.ts', cwd: '/' });
    expect(errorOf(outside).type).toBe('folder_not_allowed');
  });
});

describe('a plan of cases', () => {
  it('spreads those that are known, and lets the smallest shard run all that is new', async () => {
    const tests = [known('long', 900), known('middle', 500), known('short', 300)];
    const [first, second] = await shardsOf({ select: NAMES }, tests);
    expect(names(first?.cases ?? null)).toEqual(['long']);
    expect([first?.skip, second?.cases]).toEqual([null, null]);
    expect(names(second?.skip ?? null)).toEqual(['long']);
  });

  it('runs everything in the shard that takes the rest while nothing is known', async () => {
    const [first, second] = await shardsOf({ select: NAMES });
    expect([first?.cases, first?.skip, second?.cases]).toEqual([null, [], []]);
  });

  it('spreads the cases that it is given and no others', async () => {
    const cases = [{ name: 'b' }, { name: 'a' }, { name: 'c' }];
    const tests = [known('a', 100), known('b', 800), known('other', 900)];
    const shards = await shardsOf({ select: NAMES, cases }, tests);
    expect(shards.map(({ cases: own }) => names(own))).toEqual([['b'], ['c', 'a']]);
    expect(shards.map(({ skip }) => skip)).toEqual([null, null]);
  });

  it('takes for one unit what the runner is told of by one name', async () => {
    const classes: TestSelect = { case: '{classname}', case_args: ['{case}'] };
    const tests = [
      known('1', 100, { classname: 'A' }),
      known('2', 200, { classname: 'A' }),
      known('3', 250, { classname: 'B' }),
      known('4', 10, { classname: '' }),
    ];
    const shards = await shardsOf({ select: classes }, tests);
    expect(shards.map((shard) => shard.expected_seconds)).toEqual([0.3, 0.25]);
    expect(shards[0]?.cases).toEqual([{ name: '1', classname: 'A' }]);
  });

  it('says that it has nothing to go by', async () => {
    const error = errorOf(await plan({ select: { case_args: ['{case}'] } }));
    expect(error).toMatchObject({ classification: 'validation', type: 'no_tests_found' });
    expect(error.message).toMatch(/pattern.*catalogue.*skip_args/);
  });
});
