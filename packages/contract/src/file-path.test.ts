import { existsSync, readFileSync } from 'node:fs';
import { join, posix, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPath, collisionKey, isInternal, pathFrom, phaseOfPath } from './file-path.ts';

const vectors = join(process.env.TENUTO_VECTORS ?? 'vectors', 'hostile-input');
const present = existsSync(vectors);
if (!present) console.warn('skipped the hostile names: their files are not here');
const read = <T>(file: string, none: T): T =>
  present ? JSON.parse(readFileSync(join(vectors, file), 'utf8')) : none;
const names: readonly string[] = read<{ name: string }[]>('path-names.json', []).map(
  ({ name }) => name,
);
const naughty: readonly string[] = read<{ strings: { s: string }[] }>('naughty-strings.json', {
  strings: [],
}).strings.map(({ s }) => s);

/** Whatever is taken leads to a place below any root, on any system, and is taken as it is. */
function expectSafe(text: string): void {
  const checked = checkPath(text);
  if ('fault' in checked) {
    expect(checked.fault).toMatch(/^[a-z].*\.$/s);
    return;
  }
  const { path } = checked;
  expect(checkPath(path)).toEqual({ path });
  expect(posix.join('/root', path)).toBe(`/root/${path}`);
  expect(posix.resolve('/root', path).startsWith('/root/')).toBe(true);
  expect(win32.resolve('C:\\root', path).startsWith('C:\\root\\')).toBe(true);
  expect(path).not.toMatch(/[\p{Cc}\\:*?"<>|\u202a-\u202e\u2066-\u2069\u2215\uff0f]/u);
  expect(Buffer.from(path).toString()).toBe(path);
}

describe('a path', () => {
  it.each([
    'a',
    'a/b.txt',
    'artifacts/planning/prd.md',
    '.gitignore',
    'src/.env.example',
    'with space/and (brackets) [x] {y}.ts',
    'a;id',
    '-rf',
    '日本語/文書.md',
    'emoji-😀.txt',
    '%2e%2e%2f',
    'console.log',
    'com10.txt',
    '__proto__',
  ])('may be %j', (text) => {
    expect(checkPath(text)).toEqual({ path: text });
  });

  it.each([
    ['', 'empty'],
    ['/a', 'absolute'],
    ['a//b', 'empty part'],
    ['a/', 'empty part'],
    ['a/../b', '`..`'],
    ['./a', '`.`'],
    ['a\\b', 'backslash'],
    ['C:/x', 'characters'],
    ['~root/x', 'home'],
    ['a\0b', 'control'],
    ['a\nb', 'control'],
    ['a\u200bb', 'invisible'],
    ['a\u202eb', 'invisible'],
    ['a\u2215b', 'looks like'],
    ['a\uff0fb', 'looks like'],
    ['\u2024\u2024/x', 'looks like'],
    ['a\u00a0b', 'space'],
    [' a', 'space'],
    ['a ', 'space'],
    ['a.', 'dot'],
    ['...', 'dot'],
    ['CON', 'device'],
    ['a/nul.tar.gz', 'device'],
    ['LPT1 .txt', 'device'],
    ['\ud800lone', 'Unicode'],
    ['é'.repeat(128), 'bytes'],
    ['a/'.repeat(40) + 'a', 'parts'],
    ['a'.repeat(501), 'longer'],
  ])('is not %j', (text, why) => {
    const checked = checkPath(text);
    expect('fault' in checked && checked.fault).toContain(why);
  });

  it('is told in one normal form', () => {
    expect(checkPath('cafe\u0301.txt')).toEqual({ path: 'caf\u00e9.txt' });
  });

  it.skipIf(!present)('of the hostile names leads nowhere else', () => {
    expect(names.length).toBeGreaterThan(150);
    for (const name of [...names, ...names.map((each) => `a/${each}`)]) expectSafe(name);
  });

  it.skipIf(!present)('of the naughty strings leads nowhere else', () => {
    expect(naughty.length).toBeGreaterThan(200);
    for (const text of [...naughty, ...naughty.map((each) => `docs/${each}.md`)]) expectSafe(text);
  });

  it('of any text leads nowhere else', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        '/',
        '\\',
        'C:',
        'NUL',
        ' ',
        '.',
        '\u2215',
        '\uff0f',
        '\u202e',
        '~',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    const text = fc
      .array(part, { maxLength: 6 })
      .chain((parts) => fc.constantFrom(parts.join('/'), parts.join('')));
    fc.assert(fc.property(text, expectSafe), { numRuns: 3_000 });
  });
});

describe('a path that is made of any words', () => {
  it('is one', () => {
    const words = fc.array(fc.string({ unit: 'binary', maxLength: 80 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(words, (parts) => {
        const path = pathFrom(parts);
        expect(checkPath(path)).toEqual({ path });
      }),
      { numRuns: 2_000 },
    );
    for (const name of names) expect('path' in checkPath(pathFrom(['nodes', name]))).toBe(true);
  });

  it('stays what it is when it was one', () => {
    expect(pathFrom(['nodes', 'build', 'reports/a.xml'])).toBe('nodes/build/reports/a.xml');
  });
});

describe('collisions', () => {
  it.each([
    ['Read.md', 'read.MD'],
    ['café', 'CAFÉ'],
    ['ﬁle', 'file'],
    ['straße', 'STRASSE'],
    ['Ångström', 'ångström'],
  ])('are found between %j and %j', (a, b) => {
    expect(collisionKey(a)).toBe(collisionKey(b));
  });

  it('are not found between different words', () => {
    expect(collisionKey('a/b')).not.toBe(collisionKey('a/c'));
  });
});

describe('what a path says', () => {
  it.each([
    ['_notes.md', true],
    ['a/_notes.md', true],
    ['_scratch/a.md', true],
    ['a/_b/c.md', false],
    ['a_b.md', false],
  ])('%j is internal: %s', (path, internal) => {
    expect(isInternal(path)).toBe(internal);
  });

  it('is the phase that it is of', () => {
    expect(phaseOfPath('artifacts/planning/prd.md')).toBe('planning');
    expect(phaseOfPath('artifacts/planning')).toBeUndefined();
    expect(phaseOfPath('artifacts/__proto__/x')).toBeUndefined();
    expect(phaseOfPath('src/artifacts/qa/x')).toBeUndefined();
  });
});
