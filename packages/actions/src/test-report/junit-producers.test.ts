/** Reports as the usual runners write them, each with the habits that set it apart. */
import { describe, expect, it } from 'vitest';
import { parseJUnit } from './junit.ts';

const summary = (xml: string) => {
  const { counts, suites, cases } = parseJUnit(xml);
  const { total, passed, failed, errors, skipped, flaky } = counts;
  return {
    counts: { total, passed, failed, errors, skipped, flaky },
    suites: suites.map(({ name, counts: own }) => `${name}: ${own.total}`),
    cases: cases.map(({ id, status }) => `${status} ${id}`),
  };
};

describe('a report of', () => {
  it('pytest: skips with types, xfail, and an error in a teardown', () => {
    const xml = `<?xml version="1.0" encoding="utf-8"?>
<testsuites name="pytest tests">
  <testsuite name="pytest" errors="1" failures="1" skipped="2" tests="5" time="0.071"
             timestamp="2026-03-01T10:00:00.000001+00:00" hostname="box">
    <testcase classname="tests.test_sum.TestSum" name="test_ok[1-2]" time="0.001" />
    <testcase classname="tests.test_sum" name="test_bad" time="0.002">
      <failure message="assert 1 == 2">def test_bad():
&gt;       assert 1 == 2
E       assert 1 == 2

tests/test_sum.py:7: AssertionError</failure>
    </testcase>
    <testcase classname="tests.test_sum" name="test_later" time="0.000">
      <skipped type="pytest.skip" message="not yet">tests/test_sum.py:9: not yet</skipped>
    </testcase>
    <testcase classname="tests.test_sum" name="test_known" time="0.000">
      <skipped type="pytest.xfail" message="" />
    </testcase>
    <testcase classname="tests.test_sum" name="test_teardown" time="0.003">
      <error message="failed on teardown with &quot;OSError&quot;">OSError</error>
    </testcase>
  </testsuite>
</testsuites>`;
    expect(summary(xml)).toEqual({
      counts: { total: 5, passed: 1, failed: 1, errors: 1, skipped: 2, flaky: 0 },
      suites: ['pytest: 5'],
      cases: [
        'passed pytest::tests.test_sum.TestSum::test_ok[1-2]',
        'failed pytest::tests.test_sum::test_bad',
        'skipped pytest::tests.test_sum::test_later',
        'skipped pytest::tests.test_sum::test_known',
        'error pytest::tests.test_sum::test_teardown',
      ],
    });
    const [, bad, , , teardown] = parseJUnit(xml).cases;
    expect(bad?.message).toBe('assert 1 == 2');
    expect(bad?.details).toContain('>       assert 1 == 2\nE       assert');
    expect(teardown?.message).toBe('failed on teardown with "OSError"');
  });

  it('surefire: one suite as the root, reruns, and what was printed', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:noNamespaceSchemaLocation="https://example.org/surefire.xsd" version="3.0"
    name="org.example.ShopTest" time="1,204.5" tests="9" errors="0" skipped="0" failures="9">
  <properties><property name="line.separator" value="&#10;"/></properties>
  <testcase name="buys" classname="org.example.ShopTest" time="1,200.25">
    <flakyFailure message="busy" type="org.example.Busy">
      <stackTrace><![CDATA[org.example.Busy: busy
	at org.example.Shop.buy(Shop.java:7)]]></stackTrace>
      <system-out><![CDATA[</testcase><testcase name="printed"/>]]></system-out>
    </flakyFailure>
    <flakyError type="java.io.IOException"><stackTrace>x</stackTrace></flakyError>
  </testcase>
  <testcase name="sells" classname="org.example.ShopTest" time="4.25">
    <failure message="no" type="E"><![CDATA[E: no]]></failure>
    <rerunFailure message="no" type="E"><stackTrace>E: no</stackTrace></rerunFailure>
  </testcase>
</testsuite>`;
    expect(summary(xml)).toEqual({
      counts: { total: 2, passed: 1, failed: 1, errors: 0, skipped: 0, flaky: 1 },
      suites: ['org.example.ShopTest: 2'],
      cases: ['passed org.example.ShopTest::buys', 'failed org.example.ShopTest::sells'],
    });
    expect(parseJUnit(xml).durationSeconds).toBe(1204.5);
    expect(parseJUnit(xml).cases[1]?.details).toBe('E: no');
  });

  it('Go: tabs, no declaration, several packages, and failures without messages', () => {
    const xml = `<testsuites tests="3" failures="1">
	<testsuite tests="2" failures="1" time="0.120" name="example.org/a" timestamp="2026-03-01T10:00:00Z">
		<properties><property name="go.version" value="go1.24 linux/amd64"></property></properties>
		<testcase classname="example.org/a" name="TestOne" time="0.020"></testcase>
		<testcase classname="example.org/a" name="TestTwo/with_a_part" time="0.100">
			<failure message="Failed" type="">=== RUN   TestTwo&#xA;    a_test.go:9: got &#34;x&#34;&#xA;</failure>
		</testcase>
	</testsuite>
	<testsuite tests="1" failures="0" time="0.000" name="example.org/b">
		<testcase classname="example.org/b" name="TestThree" time="0.000">
			<skipped message="=== RUN   TestThree"></skipped>
		</testcase>
	</testsuite>
</testsuites>`;
    expect(summary(xml)).toMatchObject({
      counts: { total: 3, passed: 1, failed: 1, skipped: 1 },
      suites: ['example.org/a: 2', 'example.org/b: 1'],
      cases: [
        'passed example.org/a::TestOne',
        'failed example.org/a::TestTwo/with_a_part',
        'skipped example.org/b::TestThree',
      ],
    });
    expect(parseJUnit(xml).cases[1]).toMatchObject({
      message: 'Failed',
      details: '=== RUN   TestTwo\n    a_test.go:9: got "x"',
    });
  });

  it('Jest: sentences as names, and files as suites', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="jest tests" tests="2" failures="1" errors="0" time="1.5">
  <testsuite name="cart" errors="0" failures="1" skipped="0" time="0.4" tests="2">
    <testcase classname="cart adds › twice" name="cart adds › twice" time="0.005">
    </testcase>
    <testcase classname="cart totals" name="cart totals" time="0.002">
      <failure>Error: expect(received).toBe(expected) // Object.is equality

Expected: 3
Received: 2
    at Object.&lt;anonymous&gt; (/app/cart.test.js:9:17)</failure>
    </testcase>
  </testsuite>
</testsuites>`;
    expect(summary(xml).cases).toEqual([
      'passed cart::cart adds › twice::cart adds › twice',
      'failed cart::cart totals::cart totals',
    ]);
    expect(parseJUnit(xml).cases[1]?.message).toBe(
      'Error: expect(received).toBe(expected) // Object.is equality',
    );
  });

  it('PHPUnit: suites in suites, of which only the innermost hold cases', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="/app/phpunit.xml" tests="3" assertions="3" errors="0" failures="0" time="0.03">
    <testsuite name="unit" tests="3">
      <testsuite name="App\\CartTest" file="/app/tests/CartTest.php" tests="3">
        <testcase name="testAdd" file="/app/tests/CartTest.php" line="9" class="App\\CartTest"
                  classname="App.CartTest" assertions="1" time="0.01"/>
        <testsuite name="App\\CartTest::testSum" tests="2">
          <testcase name="testSum with data set #0 (1, 2)" class="App\\CartTest" time="0.01"/>
          <testcase name="testSum with data set #1 (2, 3)" class="App\\CartTest" time="0.01">
            <warning type="PHPUnit\\Warning">old</warning>
          </testcase>
        </testsuite>
      </testsuite>
    </testsuite>
  </testsuite>
</testsuites>`;
    const { suites, cases, counts, durationSeconds } = parseJUnit(xml);
    expect(counts).toMatchObject({ total: 3, passed: 3 });
    expect(suites.map(({ counts: own }) => own.total)).toEqual([0, 0, 1, 2]);
    expect(suites[3]?.name).toBe(
      '/app/phpunit.xml > unit > App\\CartTest > App\\CartTest::testSum',
    );
    expect(cases.map(({ classname }) => classname)).toEqual([
      'App.CartTest',
      'App\\CartTest',
      'App\\CartTest',
    ]);
    expect(cases[1]?.file).toBe('/app/tests/CartTest.php');
    expect(durationSeconds).toBeCloseTo(0.03);
  });

  it('GoogleTest: statuses, disabled tests and several failures in one', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="1" disabled="1" errors="0" time="0.01" name="AllTests">
  <testsuite name="Sum" tests="4" failures="1" disabled="1" skipped="1" errors="0" time="0.01">
    <testcase name="Adds" file="sum.cc" line="3" status="run" result="completed" time="0." classname="Sum" />
    <testcase name="DISABLED_Later" status="notrun" result="suppressed" time="0." classname="Sum" />
    <testcase name="Skips" status="run" result="skipped" time="0." classname="Sum">
      <skipped message="sum.cc:9&#x0A;no"><![CDATA[sum.cc:9
no]]></skipped>
    </testcase>
    <testcase name="Overflows" status="run" result="completed" time="0.01" classname="Sum">
      <failure message="sum.cc:14&#x0A;Expected: 1" type=""><![CDATA[sum.cc:14
Expected: 1]]></failure>
      <failure message="sum.cc:15&#x0A;Expected: 2" type=""><![CDATA[sum.cc:15
Expected: 2]]></failure>
    </testcase>
  </testsuite>
</testsuites>`;
    expect(summary(xml).counts).toEqual({
      total: 4,
      passed: 1,
      failed: 1,
      errors: 0,
      skipped: 2,
      flaky: 0,
    });
    expect(parseJUnit(xml).counts.disabled).toBe(1);
    const overflows = parseJUnit(xml).cases[3];
    expect(overflows?.message).toBe('sum.cc:14\nExpected: 1 (and 1 more)');
    expect(overflows?.details).toBe('sum.cc:14\nExpected: 1\n\nsum.cc:15\nExpected: 2');
  });

  it('Mocha: a root suite without cases, and CDATA', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="Mocha Tests" time="0.0090" tests="2" failures="1">
  <testsuite name="Root Suite" timestamp="2026-03-01T10:00:00" tests="0" time="0.0000" failures="0">
  </testsuite>
  <testsuite name="list" file="/app/list.js" time="0.0080" tests="2" failures="1">
    <testcase name="list is empty" time="0.0030" classname="is empty"></testcase>
    <testcase name="list holds" time="0.0050" classname="holds">
      <failure message="expected &apos;a&apos; to equal &apos;b&apos;" type="AssertionError"><![CDATA[AssertionError: expected 'a' to equal 'b'
      + expected - actual]]></failure>
    </testcase>
  </testsuite>
</testsuites>`;
    expect(summary(xml)).toMatchObject({
      counts: { total: 2, failed: 1 },
      suites: ['Root Suite: 0', 'list: 2'],
    });
    expect(parseJUnit(xml).cases[1]).toMatchObject({
      file: '/app/list.js',
      message: "expected 'a' to equal 'b'",
    });
  });

  it('cargo-nextest: flaky tests and reruns', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="3" failures="1" errors="0" uuid="0" time="1.2">
  <testsuite name="crate::bin/x" tests="3" disabled="0" errors="0" failures="1">
    <testcase name="a::ok" classname="crate::bin/x" time="0.1"/>
    <testcase name="a::sometimes" classname="crate::bin/x" time="0.2">
      <flakyFailure time="0.3" message="thread panicked" type="test failure">
        <system-err>panicked at src/lib.rs:1</system-err>
      </flakyFailure>
    </testcase>
    <testcase name="a::never" classname="crate::bin/x" time="0.4">
      <failure message="thread panicked" type="test failure">panicked</failure>
      <rerunFailure time="0.3" type="test failure"/>
      <rerunFailure time="0.3" type="test failure"/>
    </testcase>
  </testsuite>
</testsuites>`;
    expect(summary(xml).counts).toMatchObject({ total: 3, passed: 2, failed: 1, flaky: 1 });
    expect(parseJUnit(xml).cases.filter(({ flaky }) => flaky)).toMatchObject([
      { name: 'a::sometimes', status: 'passed' },
    ]);
  });

  it('something old: Latin-1, apostrophes, one line, and no names', () => {
    const xml = Buffer.from(
      "<?xml version='1.0' encoding='ISO-8859-1'?><testsuite><testcase name='prüft'/><testcase/></testsuite>",
      'latin1',
    );
    expect(parseJUnit(xml).cases.map(({ id }) => id)).toEqual([
      '(no name)::prüft',
      '(no name)::(no name)',
    ]);
  });

  it('a runner that was interrupted while it wrote', () => {
    const xml = '<testsuites>\n<testsuite name="a">\n  <testcase name="b">\n    <failure>half';
    expect(() => parseJUnit(xml)).toThrow(
      expect.objectContaining({
        problem: 'malformed',
        message: 'The element <failure> is not closed.',
        line: 4,
        column: 5,
      }),
    );
  });
});
