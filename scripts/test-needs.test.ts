import { describe, expect, it } from 'vitest';
import { type Machine, meetNeeds, TEST_NEEDS, type TestNeed, thisMachine } from './test-needs.ts';

const redis: TestNeed = {
  name: 'Redis',
  suffix: '.redis.test.ts',
  commands: ['redis-server', 'valkey-server'],
  package: 'redis-server',
};

function machine({ files = ['a.redis.test.ts'], has = [''], installs = [''], failure = '' } = {}) {
  const programs = new Set(has);
  const asked: string[] = [];
  const it: Machine = {
    has: (command) => programs.has(command),
    install: (name) => {
      asked.push(name);
      for (const program of installs) programs.add(program);
      return failure || null;
    },
    filesEnding: () => files,
  };
  return { it, asked };
}

describe('meeting the needs of tests', () => {
  it('installs nothing while no test has the need', () => {
    const { it, asked } = machine({ files: [] });
    expect(meetNeeds([redis], it)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('takes any of the programs that is there', () => {
    const { it, asked } = machine({ has: ['valkey-server'] });
    expect(meetNeeds([redis], it)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('installs what is missing', () => {
    const { it, asked } = machine({ installs: ['redis-server'] });
    expect(meetNeeds([redis], it)).toEqual([]);
    expect(asked).toEqual(['redis-server']);
  });

  it('gives the files and the reason when it cannot', () => {
    const { it } = machine({ failure: 'no network' });
    expect(meetNeeds([redis], it)).toEqual([
      { need: redis, files: ['a.redis.test.ts'], reason: 'no network' },
    ]);
  });

  it('does not trust an installation that brought no program', () => {
    const [unmet] = meetNeeds([redis], machine().it);
    expect(unmet?.reason).toBe('redis-server brought no redis-server');
  });
});

describe('this machine', () => {
  it('finds programs on the path', () => {
    expect(thisMachine.has('node')).toBe(true);
    expect(thisMachine.has('no-such-program')).toBe(false);
  });

  it('finds test files of ours and none of a dependency', () => {
    const files = thisMachine.filesEnding('.test.ts');
    expect(files).toContain('scripts/test-needs.test.ts');
    expect(files.filter((path) => path.includes('node_modules'))).toEqual([]);
  });
});

it('tells the needs apart by suffix', () => {
  expect(new Set(TEST_NEEDS.map(({ suffix }) => suffix)).size).toBe(TEST_NEEDS.length);
});
