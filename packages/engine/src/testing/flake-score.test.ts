import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAKY_SCORE, flakeScore, type ScoredResult } from './flake-score.ts';

/** Results, newest first: `P` and `F`, a small letter for one that had another result in its run. */
function results(text: string, commits: string = ''): ScoredResult[] {
  return [...text].map((letter, i) => ({
    status: letter.toUpperCase() === 'P' ? 'passed' : 'failed',
    flaky: letter === letter.toLowerCase(),
    commit: commits === '' ? 0 : (commits.codePointAt(i) ?? 0),
  }));
}

const repeated = (text: string, times: number) => results(text.repeat(times));

describe('the flake score', () => {
  it('is nothing for what always passes, always fails, or never ran', () => {
    expect(flakeScore([])).toBe(0);
    expect(flakeScore(repeated('P', 50))).toBe(0);
    expect(flakeScore(repeated('F', 50))).toBe(0);
    expect(flakeScore(results('F'))).toBe(0);
  });

  it('is 1 for what has two outcomes in every run', () => {
    expect(flakeScore(repeated('p', 50))).toBeCloseTo(1, 10);
  });

  it('follows its formula', () => {
    const weight = (age: number) => 2 ** (-age / 10);
    const least = Array.from({ length: 10 }, (_, i) => weight(i)).reduce((a, b) => a + b);
    expect(flakeScore(results('p'))).toBeCloseTo(1 / least, 12);
    expect(flakeScore(results('PF'))).toBeCloseTo(0.25 / least, 12);
    expect(flakeScore(results('PF', 'aa'))).toBeCloseTo(1 / least, 12);
    expect(flakeScore(results('PPF'))).toBeCloseTo((0.25 * weight(1)) / least, 12);
  });

  it('calls a test flaky at once that passed and failed on one commit', () => {
    expect(flakeScore(results(`PF${'P'.repeat(48)}`, `aa${'b'.repeat(48)}`))).toBeGreaterThan(
      FLAKY_SCORE,
    );
  });

  it('does not call a test flaky that broke and was mended', () => {
    const commits = 'cccccbbbbbaaaaaaaaaaaaaaaaaaaa';
    expect(flakeScore(results('PPPPPFFFFFPPPPPPPPPPPPPPPPPPPP', commits))).toBeLessThan(
      FLAKY_SCORE,
    );
    expect(flakeScore(results('PPPPPFFFFFPPPPPPPPPPPPPPPPPPPP'))).toBeLessThan(FLAKY_SCORE);
  });

  it('does not blame a test that only one of two branches breaks', () => {
    const score = flakeScore(results('PFPFPFPFPFPFPFPFPFPF', 'abababababababababab'));
    expect(score).toBeLessThan(FLAKY_SCORE);
  });

  it('calls what flips all the time flaky though nobody says the commits', () => {
    expect(flakeScore(repeated('PF', 10))).toBeGreaterThan(0.2);
  });

  it('takes a failure and an error for one outcome', () => {
    const two: ScoredResult[] = [
      { status: 'failed', flaky: false, commit: 1 },
      { status: 'error', flaky: false, commit: 1 },
    ];
    expect(flakeScore(two)).toBe(0);
  });

  it('stays between 0 and 1, and falls with each result that agrees', () => {
    const letters = fc.string({ unit: fc.constantFrom('P', 'F', 'p', 'f'), maxLength: 49 });
    fc.assert(
      fc.property(letters, letters, (text, commits) => {
        const before = results(text, commits.padEnd(text.length, 'x'));
        const score = flakeScore(before);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1);
        const [first] = before;
        if (first === undefined) return;
        const after = flakeScore([{ ...first, flaky: false }, ...before]);
        expect(after).toBeLessThanOrEqual(score);
      }),
    );
  });
});
