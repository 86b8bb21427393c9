/** Patterns in gates: RE2, in time proportional to pattern times text. */
import { compilePattern } from '../expression/pattern.ts';
import { testPattern } from '../expression/pattern-match.ts';

/** Work that looking into one text may take, beside reading it: see `EVALUATION_STEPS`. */
const STEPS = 2_000_000;
const CHARS_PER_STEP = 8;

class TooMuchWork extends Error {}

type Found = { readonly found: boolean } | { readonly problem: string };

/** What is wrong with a pattern of a gate; undefined when nothing is. */
export function gatePatternProblem(source: string): string | undefined {
  const pattern = compilePattern(source);
  return 'problem' in pattern ? pattern.problem : undefined;
}

/** Makes the function that looks for a pattern in texts. */
export function patternFinder(source: string): (text: string) => Found {
  const pattern = compilePattern(source);
  if ('problem' in pattern) return () => ({ problem: pattern.problem });
  return (text) => {
    let left = STEPS + Math.ceil(text.length / CHARS_PER_STEP);
    const pay = (steps: number) => {
      left -= steps;
      if (left < 0) throw new TooMuchWork();
    };
    try {
      // What was learnt of one text is not kept for the next: it can be as large as the work.
      return { found: testPattern({ ...pattern, sets: new Map() }, text, pay) };
    } catch (error) {
      if (error instanceof TooMuchWork) return { problem: 'the pattern takes too much work here' };
      throw error;
    }
  };
}
