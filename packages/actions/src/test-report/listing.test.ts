import { describe, expect, it } from 'vitest';
import { parseJUnit } from './junit.ts';
import { listReport } from './listing.ts';
import { REPORT_LIMITS } from './report.ts';

const list = (inner: string, suite?: string) =>
  listReport(parseJUnit(`<testsuite name="s">${inner}</testsuite>`), suite);
const ids = (listed: ReturnType<typeof listReport>) =>
  JSON.stringify(listed.cases).match(/(?<="id":")[^"]*/g) ?? [];

describe('the listed cases', () => {
  it('begin with the failures, then the flaky ones, then the rest as reported', () => {
    const listed = list(`<testcase name="a"/><testcase name="b"><skipped/></testcase>
      <testcase name="c"><flakyFailure/></testcase><testcase name="d"><error/></testcase>
      <testcase name="e"><failure/></testcase>`);
    expect(ids(listed)).toEqual(['s::e', 's::d', 's::c', 's::a', 's::b']);
    expect(listed).not.toHaveProperty('truncated');
  });

  it('have ids of their own, which begin with the suite that was asked for', () => {
    const listed = list('<testcase name="a"/>'.repeat(3), 'unit');
    expect(ids(listed)).toEqual(['unit::a', 'unit::a#2', 'unit::a#3']);
  });

  it('are so many at most, and the failures are among them', () => {
    const listed = list(
      `${'<testcase name="a"/>'.repeat(7_000)}<testcase name="bad"><failure/></testcase>`,
    );
    expect(ids(listed)).toHaveLength(REPORT_LIMITS.cases);
    expect(ids(listed)[0]).toBe('s::bad');
    expect(listed).toMatchObject({
      counts: { total: 7_001, failed: 1 },
      truncated: { cases_listed: 5_000, cases_total: 7_001, cases_limit: 5_000, suites_total: 1 },
    });
  });

  it('and the suites stay within the bytes that an output may have', () => {
    const bad = `<testcase name="a"><failure>${'é'.repeat(20_000)}</failure></testcase>`;
    const report = parseJUnit(
      `<testsuites>${`<testsuite name="${'é'.repeat(400)}">${bad}</testsuite>`.repeat(1_500)}</testsuites>`,
    );
    const listed = listReport(report, undefined);
    const bytes = Buffer.byteLength(JSON.stringify(listed));
    expect(bytes).toBeLessThan(REPORT_LIMITS.casesBytes + REPORT_LIMITS.suitesBytes + 10_000);
    expect(listed).toMatchObject({ counts: { failed: 1_500 }, truncated: { suites_total: 1_500 } });
  });
});
