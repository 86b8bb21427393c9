import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compilePattern } from './pattern.ts';
import { testPattern } from './pattern-match.ts';

function find(source: string, text: string): boolean {
  const pattern = compilePattern(source);
  if ('problem' in pattern) throw new Error(pattern.problem);
  return testPattern(pattern, text, () => undefined);
}

function problemOf(source: string): string | undefined {
  const pattern = compilePattern(source);
  return 'problem' in pattern ? pattern.problem : undefined;
}

/** Steps that a search takes, or more than `limit`. */
function stepsOf(source: string, text: string, limit: number): number {
  const pattern = compilePattern(source);
  if ('problem' in pattern) return 0;
  let steps = 0;
  try {
    testPattern(pattern, text, (paid) => {
      steps += paid;
      if (steps > limit) throw new RangeError('enough');
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return steps;
}

describe('a pattern', () => {
  test.each<[string, string[], string[]]>([
    ['abc', ['abc', 'xabcx'], ['ab', 'acb', '']],
    ['', ['', 'a'], []],
    ['^abc$', ['abc'], ['xabc', 'abcx', 'abc\n']],
    ['a.c', ['abc', 'a😀c'], ['a\nc', 'ac']],
    ['(?s)a.c', ['a\nc'], ['ac']],
    ['(?m)^b$', ['a\nb\nc', 'b'], ['ab']],
    ['(?i)straße', ['STRAßE', 'straße'], ['strase']],
    ['a(?i)b(?-i)c', ['aBc', 'abc'], ['Abc', 'abC']],
    ['(?i:a)b', ['Ab', 'ab'], ['AB']],
    ['a(?i:b)c', ['aBc'], ['aBC']],
    ['a*', ['', 'aaa'], []],
    ['^a+$', ['a', 'aaa'], ['', 'ab']],
    ['^a?b$', ['b', 'ab'], ['aab']],
    ['^a{3}$', ['aaa'], ['aa', 'aaaa']],
    ['^a{2,}$', ['aa', 'aaaa'], ['a']],
    ['^a{1,2}$', ['a', 'aa'], ['', 'aaa']],
    ['^a{0}$', [''], ['a']],
    ['^a{,2}$', ['a{,2}'], ['a']],
    ['^{$', ['{'], ['']],
    ['^a+?b*?c??$', ['ab', 'aabbc'], ['b']],
    ['^(a|bc|)d$', ['ad', 'bcd', 'd'], ['bd', 'abcd']],
    ['^(?:a|b)+$', ['abab'], ['abc', '']],
    ['^(?P<name>a)(?<other>b)$', ['ab'], ['a']],
    ['^(a*)*$', ['', 'aaa'], ['b']],
    ['^(a|b*)*c$', ['c', 'abbac'], ['abd']],
    ['^[abc]$', ['a', 'c'], ['d', '']],
    ['^[^abc]$', ['d', '\n', '😀'], ['a']],
    ['^[a-c0-2]$', ['b', '1'], ['d', '3']],
    ['^[a-]$', ['a', '-'], ['b']],
    ['^[]a]$', [']', 'a'], ['b']],
    ['^[^]a]$', ['b'], [']', 'a']],
    ['^[[]$', ['['], [']']],
    ['^[\\]\\\\]$', [']', '\\'], ['a']],
    ['^[\\d_]$', ['5', '_'], ['a', '٥']],
    ['^[[:alpha:]-]+$', ['ab-C'], ['1']],
    ['^[[:space:]]$', [' ', '\v'], ['a']],
    ['^[(){}|/]+$', ['(){}|/'], ['a']],
    ['^[.*+?$^]+$', ['.*+?$^'], ['a']],
    ['^\\d\\D\\w\\W\\s\\S$', ['1aa- a'], ['aaa- a', '1aa-aa']],
    ['^\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$\\/\\-$', ['.*+?()[]{}|^$/-'], ['']],
    ['^\\n\\t\\r\\f\\v\\a$', ['\n\t\r\f\v\x07'], ['ntrfva']],
    ['^\\x41\\x{1F600}\\u0042$', ['A😀B'], ['AB']],
    ['^\\pL\\p{Lu}\\PL\\p{^Lu}$', ['éÀ1a'], ['1À1a', 'éà1a']],
    ['^\\p{Greek}+$', ['αβγ'], ['abc']],
    ['\\bfoo\\b', ['foo', 'a foo b', 'foo.'], ['foobar', 'afoo']],
    ['^a\\Bb$', ['ab'], ['a b']],
    ['\\Aab\\z', ['ab'], ['xab', 'ab\n']],
    ['^.$', ['😀', 'é'], ['ab', '']],
    ['a|b|c', ['xc'], ['d']],
    ['^(|a)$', ['', 'a'], ['b']],
    ['x*y', ['y', 'xxy'], ['xx']],
  ])('%s finds %j and not %j', (source, found, missed) => {
    for (const text of found) expect([text, find(source, text)]).toEqual([text, true]);
    for (const text of missed) expect([text, find(source, text)]).toEqual([text, false]);
  });

  test.each([
    ['(', "a ')' is missing"],
    ['a)', "unexpected ')'"],
    ['[a', "a ']' is missing"],
    ['[]', "a ']' is missing"],
    ['[z-a]', 'a character class that cannot be read'],
    ['[[:nope:]]', 'an unknown character class'],
    ['*a', 'nothing to repeat'],
    ['a|*', 'nothing to repeat'],
    ['a**', 'a repeat of a repeat'],
    ['a{2}{3}', 'a repeat of a repeat'],
    ['a{3,2}', 'a repeat outside 0 to 1000'],
    ['a{1001}', 'a repeat outside 0 to 1000'],
    ['(?=a)', 'look-around'],
    ['(?!a)', 'look-around'],
    ['(?<=a)b', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['(?>a)', 'look-around'],
    ['(a)\\1', 'back-references are not supported'],
    ['\\q', 'an unknown escape \\q'],
    ['a\\', "a '\\' at the end"],
    ['\\x{110000}', 'outside Unicode'],
    ['\\p{Nope}', 'cannot be read'],
    ['a{1000}{1000}', 'a repeat of a repeat'],
    ['(a{1000}){1000}', 'more than 2000 states'],
    ['((a{40}){40}){40}', 'more than 2000 states'],
    ['('.repeat(200) + ')'.repeat(200), 'groups nested too deeply'],
    ['a'.repeat(1001), 'longer than 1000 characters'],
  ])('%s is refused: %s', (source, problem) => {
    expect(problemOf(source)).toContain(problem);
  });

  it('of nothing repeated compiles at once', () => {
    expect(problemOf('((((){1000}){1000}){1000}){1000}')).toBeUndefined();
    expect(find('^((((){1000}){1000})*)*$', 'a')).toBe(false);
  });

  it('agrees with the engine of the language on what both understand', () => {
    const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '^', '$', '\\b', '\\B', '');
    const { pattern } = fc.letrec<{ pattern: string; part: string }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc
          .tuple(tie('pattern'), fc.constantFrom('', '*', '+', '?', '{2}', '{0,2}', '{1,}', '*?'))
          .map(([body, repeat]) => `(?:${body})${repeat}`),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(${a}|${b})`),
      ),
      pattern: fc.array(tie('part'), { maxLength: 3 }).map((parts) => parts.join('')),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', 'é'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        expect(find(source, subject)).toBe(new RegExp(source, 'u').test(subject));
      }),
      { numRuns: 3_000 },
    );
  });

  it('either compiles or says what is wrong, whatever it is', () => {
    const piece = fc.constantFrom(
      ...'()[]{}|*+?^$.\\-,:=!<>aPpxdwsb019é'.split(''),
      '(?',
      '[:alpha:]',
      '\\p{',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        const pattern = compilePattern(pieces.join(''));
        if ('program' in pattern) testPattern(pattern, 'aab 01\n', () => undefined);
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('hostile patterns', () => {
  const own: [string, string, string, string][] = [
    ['(a+)+$', '', 'a', '!'],
    ['(a|aa)+$', '', 'a', '!'],
    ['(a|a?)+$', '', 'a', '!'],
    ['(.*)*(.*)*(.*)*x', '', 'ab', ''],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', '', 'a', '!'],
    ['(.*a){20}!', '', 'ab', ''],
    ['\\s+$', '', ' ', 'x'],
    ['a*a*a*a*a*b', '', 'a', ''],
  ];

  test.each(
    own,
  )('%s costs no more than its size for each character', (source, prefix, pump, suffix) => {
    const lengths = [1_000, 2_000, 4_000];
    const steps = lengths.map((count) =>
      stepsOf(source, prefix + pump.repeat(count) + suffix, 1e9),
    );
    const [small = 0, , large = 0] = steps;
    expect(large).toBeLessThanOrEqual(small * 4.5 + 2_000);
    expect(large).toBeLessThan(source.length * 4_000 * pump.length);
  });

  const folder = process.env.TENUTO_VECTORS ?? 'vectors';
  const file = join(folder, 'hostile-input/redos.json');
  interface Case {
    readonly pattern: string;
    readonly prefix: string;
    readonly pump: string;
    readonly suffix: string;
  }
  const cases: Case[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).patterns : [];

  it.skipIf(cases.length === 0)(
    `are known by the vectors (${cases.length} read, else all skipped)`,
    () => {
      expect(cases.length).toBeGreaterThan(0);
    },
  );

  it.each(cases)('$pattern ends in proportion to the text, or is refused', (hostile) => {
    const { pattern, prefix, pump, suffix } = hostile;
    const cost = (count: number) => stepsOf(pattern, prefix + pump.repeat(count) + suffix, 1e8);
    expect(cost(30_000)).toBeLessThanOrEqual(cost(3_000) * 11 + 2_000);
  });
});
