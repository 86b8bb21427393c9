import { stripVTControlCharacters } from 'node:util';
import { parseDuration } from './duration.ts';
import { attribute, children, textOf, type XmlElement } from './junit-tree.ts';
import { countsOf, REPORT_LIMITS, type TestCase, type TestCounts, testId } from './report.ts';

/** How runners call a test that was not run, besides `<skipped/>`. */
const NOT_RUN = new Set(['disabled', 'notrun']);

/** Signs of reruns within one run: surefire and those that write like it. */
const FLAKY = new Set(['flakyFailure', 'flakyError']);
/** Reruns that failed; surefire writes them of tests that failed for good, others of any. */
const RERUN = new Set(['rerunFailure', 'rerunError']);

export interface CountedCase {
  readonly test: TestCase;
  readonly counts: TestCounts;
}

/**
 * One `<testcase>`, judged by its elements; where they contradict its `status`, they are right. A
 * failure outranks an error, and both outrank a skip.
 *
 * @param suite - names of the suites around it
 * @param suiteFile - the file that the suite names, for cases that name none
 */
export function readCase(element: XmlElement, suite: string, suiteFile?: string): CountedCase {
  const inner = children(element);
  const all = (name: string) => inner.filter((child) => child.name === name);
  const failures = all('failure');
  const errors = all('error');
  const skips = all('skipped');
  const disabled =
    failures.length + errors.length + skips.length === 0 &&
    NOT_RUN.has(attribute(element, 'status')?.toLowerCase() ?? '');
  const status =
    failures.length > 0
      ? 'failed'
      : errors.length > 0
        ? 'error'
        : skips.length > 0 || disabled
          ? 'skipped'
          : 'passed';
  const has = (names: ReadonlySet<string>) => inner.some((child) => names.has(child.name));
  const flaky = status === 'passed' ? has(FLAKY) || has(RERUN) : status === 'failed' && has(FLAKY);
  const classname = cleanName(attribute(element, 'classname') ?? attribute(element, 'class'));
  const name = cleanName(attribute(element, 'name')) || '(no name)';
  const file = cleanName(attribute(element, 'file') ?? suiteFile);
  const test: TestCase = {
    id: testId(suite, classname, name),
    suite,
    classname,
    name,
    ...(file !== '' && { file }),
    status,
    flaky,
    duration_seconds: parseDuration(attribute(element, 'time') ?? attribute(element, 'duration')),
    ...explanation([...failures, ...errors, ...skips]),
  };
  return { test, counts: { ...countsOf(test), disabled: disabled ? 1 : 0 } };
}

function explanation(reasons: readonly XmlElement[]): Pick<TestCase, 'message' | 'details'> {
  const [first] = reasons;
  if (first === undefined) return {};
  const texts = reasons.map((reason) => {
    // What is cut away below need not be cleaned; escape sequences leave room for it.
    const text = clean(textOf(reason).slice(0, 4 * REPORT_LIMITS.detailsChars));
    return text === '' && reasons.length > 1 ? messageOf(reason, text) : text;
  });
  const details = cut(texts.filter((text) => text !== '').join('\n\n'), REPORT_LIMITS.detailsChars);
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
  const message = cut(messageOf(first, texts[0] ?? ''), REPORT_LIMITS.messageChars) + more;
  return { ...(message !== '' && { message }), ...(details !== '' && { details }) };
}

function messageOf(reason: XmlElement, text: string): string {
  const given = clean(
    (attribute(reason, 'message') ?? '').slice(0, 4 * REPORT_LIMITS.messageChars),
  );
  return given || text.split('\n', 1)[0]?.trim() || clean(attribute(reason, 'type') ?? '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROL = /[\0-\x08\x0B-\x1F\x7F]/g;
/** An escape sequence whose escape character was replaced, since XML cannot hold it. */
const DISARMED_ESCAPE = /(?:#x1[bB]|\\x1[bB]|\\u001[bB]|\uFFFD|\u241B)\[[\d;]*m/g;

function clean(text: string): string {
  return stripVTControlCharacters(text).replace(DISARMED_ESCAPE, '').replace(CONTROL, '').trim();
}

/** A name as one line of bounded length. */
export function cleanName(text: string | undefined): string {
  const start = (text ?? '').slice(0, 4 * REPORT_LIMITS.nameChars);
  return cut(clean(start).replace(/\s+/g, ' '), REPORT_LIMITS.nameChars);
}

function cut(text: string, chars: number): string {
  // A cut inside of a surrogate pair must not leave half of it.
  return text.length <= chars ? text : `${text.slice(0, chars - 1).toWellFormed()}…`;
}
