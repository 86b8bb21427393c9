import { parseDuration } from './duration.ts';
import { cleanName, readCase } from './junit-case.ts';
import { JUnitError } from './junit-error.ts';
import { attribute, children, parseTree, type XmlElement } from './junit-tree.ts';
import {
  addCounts,
  mergeReports,
  NO_TESTS,
  type TestCase,
  type TestCounts,
  type TestReport,
  type TestSuite,
} from './report.ts';
import { xmlText } from './xml-text.ts';

const SUITES = new Set(['testsuites', 'testsuite']);

/**
 * Reads a JUnit XML report of any producer. What is counted are the `<testcase>` elements, wherever
 * they stand; attributes with totals are not believed. Nothing is ever fetched or resolved.
 *
 * @param xml - the file's bytes, whose encoding is found out, or its text
 * @throws {JUnitError} with the line and column, when it is not well-formed XML, not a JUnit report
 *   or larger than 100 MiB
 */
export function parseJUnit(xml: string | Uint8Array): TestReport {
  const root = parseTree(xmlText(xml));
  if (!SUITES.has(root.name) && !hasTests(root)) {
    throw new JUnitError(
      'not_junit',
      `This is XML of another kind: <${root.name}> holds neither test suites nor test cases.`,
      1,
      1,
    );
  }
  return mergeReports(readSuites(root, { path: '', name: '' }));
}

function hasTests(element: XmlElement): boolean {
  return children(element).some(
    (child) => SUITES.has(child.name) || child.name === 'testcase' || hasTests(child),
  );
}

interface Place {
  /** Names of the suites around. */
  readonly path: string;
  /** Name for cases that are in no suite. */
  readonly name: string;
  readonly file?: string | undefined;
}

/** One report for each suite, and one for the cases that are in none. */
function readSuites(element: XmlElement, around: Place): readonly TestReport[] {
  const isSuite = element.name === 'testsuite';
  const place = isSuite ? suitePlace(element, around) : placeOf(element, around);
  const cases: TestCase[] = [];
  let counts: TestCounts = NO_TESTS;
  const inner: TestReport[] = [];
  const visit = (child: XmlElement) => {
    if (child.name === 'testcase') {
      const read = readCase(child, place.path || place.name, place.file);
      cases.push(read.test);
      counts = addCounts(counts, read.counts);
      // A case within a case is malformed as a report, but it is a test all the same.
      children(child).forEach(visit);
    } else for (const report of readSuites(child, place)) inner.push(report);
  };
  if (element.name === 'testcase') visit(element);
  else children(element).forEach(visit);
  const durationSeconds = durationOf(element, cases, inner);
  const suite: TestSuite = { name: place.path, counts, duration_seconds: durationSeconds };
  const own = { counts, durationSeconds, suites: isSuite ? [suite] : [], cases };
  return isSuite || cases.length > 0 ? [own, ...inner] : inner;
}

function placeOf(element: XmlElement, around: Place): Place {
  return { ...around, name: cleanName(attribute(element, 'name')) || around.name };
}

function suitePlace(element: XmlElement, around: Place): Place {
  const name =
    cleanName(attribute(element, 'name') ?? attribute(element, 'package')) || '(no name)';
  return {
    path: around.path === '' ? name : `${around.path} > ${name}`,
    name,
    file: attribute(element, 'file') ?? around.file,
  };
}

/** Of the cases; a suite whose cases tell no time may tell its own. */
function durationOf(
  element: XmlElement,
  cases: readonly TestCase[],
  inner: readonly TestReport[],
): number {
  const ofCases = cases.reduce((sum, test) => sum + test.duration_seconds, 0);
  if (ofCases > 0 || inner.some(({ durationSeconds }) => durationSeconds > 0)) return ofCases;
  return parseDuration(attribute(element, 'time'));
}
