import { describe, expect, it } from 'vitest';
import { judge, type Policy, report } from './tidy-rules.ts';

const policy: Policy = {
  allowed: [{ files: /^src\/main\.ts$/, effects: ['environment'], because: 'it is the root' }],
  escapes: 0,
  fileLines: { most: 20, listed: 10 },
  functionLines: 5,
};

const failures = (path: string, text: string, more: Partial<Policy> = {}) =>
  report([judge(path, text, { ...policy, ...more })], { ...policy, ...more }).failures;

describe('an effect', () => {
  it('fails where it is not allowed', () => {
    expect(failures('src/a.ts', 'f();\nprocess.env;\n')).toEqual([
      'src/a.ts:2: process.env is not allowed here',
    ]);
  });

  it('passes where it is allowed, and only that one', () => {
    expect(failures('src/main.ts', 'process.env;\n')).toEqual([]);
    expect(failures('src/main.ts', 'Date.now();\n')).toHaveLength(1);
  });

  it('is looked for in code only', () => {
    expect(failures('docs/a.md', 'Date.now()\n')).toEqual([]);
  });
});

describe('size', () => {
  it('fails a file over the limit and lists a long one', () => {
    expect(failures('a.ts', ';\n'.repeat(21))).toEqual(['a.ts: 21 lines']);
    const { failures: none, notes } = report([judge('a.ts', ';\n'.repeat(20), policy)], policy);
    expect(none).toEqual([]);
    expect(notes[0]).toBe('a.ts: 20 lines');
  });

  it('fails a long function, but not the suite of a test', () => {
    const long = `f(() => {\n${'  g();\n'.repeat(5)}});\n`;
    expect(failures('a.ts', long)).toEqual(['a.ts:1: a function of 7 lines']);
    expect(failures('a.test.ts', long)).toEqual([]);
    expect(failures('a.ts', 'f(() => {\n  g();\n});\n')).toEqual([]);
  });
});

describe('the ratchet', () => {
  const text = 'let a: any;\nlet b: any;\n';

  it('names every way around the type checker when there are too many', () => {
    expect(failures('a.ts', text, { escapes: 1 })).toEqual([
      'a.ts:1: any: goes around the type checker',
      'a.ts:2: any: goes around the type checker',
    ]);
    expect(failures('a.ts', text, { escapes: 2 })).toEqual([]);
  });

  it('counts a suppression unless it gives a reason', () => {
    const biome = 'biome' + '-ignore lint/style/x';
    expect(failures('a.ts', `// ${'@ts' + '-ignore'}\nf();\n`)).toHaveLength(1);
    expect(failures('a.ts', `// ${biome}\nf();\n`)).toHaveLength(1);
    expect(failures('a.ts', `// ${biome}: <explanation>\nf();\n`)).toHaveLength(1);
    expect(failures('a.ts', `// ${biome}: the wire names it so\nf();\n`)).toEqual([]);
  });
});

describe('text that does not belong here', () => {
  const unfinished = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK'];

  it.each(unfinished)('fails on %s in a source', (word) => {
    expect(failures('a.ts', `// ${word}: later\n`)).toEqual(['a.ts:1: unfinished work']);
    expect(failures('a.sql', `-- ${word}\n`)).toHaveLength(1);
    expect(failures('a.ts', `const ${word}S = 1;\n`)).toEqual([]);
  });

  it('fails on the host of a package registry', () => {
    const host = ['registry', 'npmjs', 'org'].join('.');
    expect(failures('.npmrc', `registry=https://${host}/\n`)).toHaveLength(1);
    expect(failures('README.md', `see ${host}\n`)).toHaveLength(1);
    expect(failures('a.ts', 'registry.actions.get(name);\n')).toEqual([]);
  });

  it('fails on a download address in the lock file', () => {
    const text = `{ "${'resolved'}": "https://example.net/a.tgz" }\n`;
    expect(failures('package-lock.json', text)).toHaveLength(1);
    expect(failures('package-lock.json', '{ "resolved": "packages/cli" }\n')).toEqual([]);
  });

  it.each(['/home', '/Users', '/root'])("fails on somebody's folder in %s", (folder) => {
    expect(failures('a.md', `run ${folder}/ada/x\n`)).toHaveLength(1);
    expect(failures('a.ts', `const a = '${folder}/ada/x';\n`)).toHaveLength(1);
    expect(failures('a.ts', 'const home = "/home/nobody";\n')).toEqual([]);
    expect(failures('a.ts', `get('/v1${folder}/ada');\n`)).toEqual([]);
  });
});

it('sums the tree up in its last note', () => {
  const files = [
    judge('a.ts', ';\n'.repeat(4), policy),
    judge('a.test.ts', ';\n'.repeat(6), policy),
  ];
  expect(report(files, policy).notes).toEqual([
    expect.stringMatching(/^1 source files, median 4 lines;.*tests to code 1\.50$/),
  ]);
});
