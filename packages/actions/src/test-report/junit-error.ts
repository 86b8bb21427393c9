/** Why a report cannot be read: it is no XML, XML of another kind, or beyond a limit. */
export type JUnitProblem = 'malformed' | 'not_junit' | 'too_large';

/** A report that cannot be read, with the place where reading stopped. */
export class JUnitError extends Error {
  readonly problem: JUnitProblem;
  /** Both count from 1; the column is in UTF-16 units. */
  readonly line: number;
  readonly column: number;

  constructor(problem: JUnitProblem, message: string, line: number, column: number) {
    super(message);
    this.name = new.target.name;
    this.problem = problem;
    this.line = line;
    this.column = column;
  }
}

/** The error for what is wrong at an index of the text. */
export function errorAt(
  text: string,
  index: number,
  message: string,
  problem: JUnitProblem = 'malformed',
): JUnitError {
  const before = text.slice(0, index);
  const line = before.split('\n').length;
  return new JUnitError(problem, message, line, index - before.lastIndexOf('\n'));
}
