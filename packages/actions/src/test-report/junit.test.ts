import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJUnit } from './junit.ts';
import { JUnitError } from './junit-error.ts';
import { REPORT_LIMITS } from './report.ts';

const suite = (inner: string) => `<testsuite name="s">${inner}</testsuite>`;
const only = (inner: string, attributes = 'name="t"') => {
  const [test] = parseJUnit(suite(`<testcase ${attributes}>${inner}</testcase>`)).cases;
  if (test === undefined) throw new Error('There is no case.');
  return test;
};

describe('the counts', () => {
  it('are of the elements, whatever the attributes say', () => {
    const { counts } = parseJUnit(`<testsuites tests="99" failures="50" errors="x">
      <testsuite name="a" tests="-1" failures="7">
        <testcase name="1"/>
        <testcase name="2"><failure/></testcase>
        <testcase name="3"><error/></testcase>
        <testcase name="4"><skipped/></testcase>
        <testcase name="5" status="notrun"/>
        <testcase name="6"><flakyFailure/></testcase>
      </testsuite>
    </testsuites>`);
    expect(counts).toEqual({
      total: 6,
      passed: 2,
      failed: 1,
      errors: 1,
      skipped: 2,
      disabled: 1,
      flaky: 1,
    });
  });

  it('add up over suites and cases, for any report', () => {
    const inner = fc.constantFrom('', '<failure/>', '<error/>', '<skipped/>', '<flakyError/>');
    const test = fc.tuple(inner, inner).map(([a, b]) => `<testcase name="t">${a}${b}</testcase>`);
    const tree = fc.letrec<{ suite: string }>((tie) => ({
      suite: fc
        .array(fc.oneof({ maxDepth: 3 }, test, tie('suite')), { maxLength: 5 })
        .map((all) => suite(all.join(''))),
    })).suite;
    fc.assert(
      fc.property(tree, (xml) => {
        const { counts, suites, cases } = parseJUnit(xml);
        expect(counts.total).toBe(xml.match(/<testcase/g)?.length ?? 0);
        expect(cases).toHaveLength(counts.total);
        expect(suites).toHaveLength(xml.match(/<testsuite/g)?.length ?? 0);
        expect(counts.passed + counts.failed + counts.errors + counts.skipped).toBe(counts.total);
        const inSuites = suites.reduce((sum, { counts: own }) => sum + own.total, 0);
        expect(inSuites).toBe(counts.total);
      }),
    );
  });
});

describe('a case', () => {
  it.each([
    ['', 'passed', false],
    ['<failure/><error/><skipped/>', 'failed', false],
    ['<error/><skipped/>', 'error', false],
    ['<skipped/>', 'skipped', false],
    ['<flakyFailure/>', 'passed', true],
    ['<failure/><flakyError/>', 'failed', true],
    ['<failure/><rerunFailure/><rerunError/>', 'failed', false],
    ['<skipped/><flakyFailure/>', 'skipped', false],
    ['<system-out>&lt;failure/&gt;<![CDATA[<failure/>]]></system-out>', 'passed', false],
  ])('with %j is %s, flaky: %s', (inner, status, flaky) => {
    expect(only(inner)).toMatchObject({ status, flaky });
  });

  it('has failed, whatever its status says', () => {
    expect(only('<failure/>', 'name="t" status="disabled"').status).toBe('failed');
    expect(only('', 'name="t" status="disabled"').status).toBe('skipped');
    expect(only('', 'name="t" status="run"').status).toBe('passed');
  });

  it('is named by suite, class and name', () => {
    const { cases } = parseJUnit(`<testsuites name="all">
      <testcase name="outside"/>
      <testsuite name="outer" file="o.js">
        <testsuite name="inner"><testcase name="a" classname="C" file="a.js" time="1.5"/></testsuite>
        <testcase name="b" classname="outer"/>
        <testcase/>
      </testsuite>
    </testsuites>`);
    expect(cases.map(({ id, suite, file }) => [id, suite, file])).toEqual([
      ['all::outside', 'all', undefined],
      ['outer::b', 'outer', 'o.js'],
      ['outer::(no name)', 'outer', 'o.js'],
      ['outer > inner::C::a', 'outer > inner', 'a.js'],
    ]);
  });

  it('has the message and details of all that went wrong', () => {
    const test = only(
      `<failure message="first">one</failure><failure message="second"/><error>three</error>`,
    );
    expect(test.message).toBe('first (and 2 more)');
    expect(test.details).toBe('one\n\nsecond\n\nthree');
  });

  it('takes its message from where there is one', () => {
    expect(only('<failure>\n  Expected 1\n  at x.js\n</failure>').message).toBe('Expected 1');
    expect(only('<failure type="AssertionError"/>').message).toBe('AssertionError');
    expect(only('<failure/>')).not.toHaveProperty('message');
    expect(only('<skipped message="not today"/>').message).toBe('not today');
    expect(only('<failure><stack>deep</stack></failure>').details).toBe('deep');
  });

  it('has text without terminal colours and control characters', () => {
    const text = '\u009B31mred\u009B0m #x1B[1mbold#x1B[0m \uFFFD[32mgreen rate(x[5m]) [m';
    expect(only(`<failure>${text}</failure>`).details).toBe('red bold green rate(x[5m]) [m');
  });

  it('has bounded names, messages and details, without halves of characters', () => {
    const long = '😀'.repeat(50_000);
    const test = only(`<failure message="${long}">${long}</failure>`, `name="${long}"`);
    expect(test.name.length).toBeLessThanOrEqual(REPORT_LIMITS.nameChars);
    expect(test.message?.length).toBeLessThanOrEqual(REPORT_LIMITS.messageChars);
    expect(test.details?.length).toBeLessThanOrEqual(REPORT_LIMITS.detailsChars);
    expect(JSON.stringify(test).isWellFormed()).toBe(true);
    expect(test.name).toMatch(/😀.?…$/u);
  });

  it('may have any name that XML can carry', () => {
    for (const name of ['__proto__', 'constructor', 'toString', '#text', ':@']) {
      expect(only('', `name="${name}" __proto__="x"`).name).toBe(name);
    }
    const unit = fc.constantFrom('a', 'é', '😀', '&', '<', '>', '"', "'", ']', '/', '=', '-', '!');
    const escaped = (text: string) =>
      text.replace(/[&<"]/g, (found) => `&#${found.codePointAt(0)};`).replaceAll('>', '&gt;');
    fc.assert(
      fc.property(fc.string({ unit, minLength: 1, maxLength: 50 }), (name) => {
        const test = only(`<failure>${escaped(name)}</failure>`, `name="${escaped(name)}"`);
        expect(test).toMatchObject({ name, details: name });
      }),
    );
  });
});

describe('a suite', () => {
  it('has the time of its cases, or its own when they tell none', () => {
    const { suites, durationSeconds } = parseJUnit(`<testsuites time="1000">
      <testsuite name="a" time="99"><testcase name="1" time="1.5"/><testcase name="2" time="2"/></testsuite>
      <testsuite name="b" time="2,503.1"><testcase name="1"/></testsuite>
    </testsuites>`);
    expect(suites.map((one) => one.duration_seconds)).toEqual([3.5, 2503.1]);
    expect(durationSeconds).toBeCloseTo(2506.6);
  });
});

describe('what is taken', () => {
  it.each([
    '<testsuites/>',
    '<testsuite/>',
    '<testrun><testsuite><testcase name="a"/></testsuite></testrun>',
    '<j:testsuite xmlns:j="urn:x"><j:testcase name="a" j:name="b"/></j:testsuite>',
    '<testsuite xmlns="urn:x"/>',
    '<?xml version="1.0"?>\r\n<!-- a --><?pi a?>\r\n<testsuite>\r\n</testsuite>\r\n<!-- b -->',
    '\uFEFF<testsuite/>',
    '<!DOCTYPE testsuite SYSTEM "http://127.0.0.1:9/x.dtd"><testsuite/>',
    '<!DOCTYPE testsuite [<!ELEMENT a ANY><!ATTLIST a b CDATA "]>"><!-- ]> -->]><testsuite/>',
  ])('is %j', (xml) => {
    expect(parseJUnit(xml).counts.failed).toBe(0);
  });

  it.each([
    '<result/>',
    '<html><body/></html>',
    '<test-run><test-case/></test-run>',
  ])('is not XML of another kind: %j', (xml) => {
    expect(() => parseJUnit(xml)).toThrow(expect.objectContaining({ problem: 'not_junit' }));
  });
});

describe('a hostile report', () => {
  it('never fails otherwise than with a place', () => {
    const piece = fc.constantFrom(
      ...['<testsuite>', '</testsuite>', '<testcase name="a"/>', '<!--', '-->', '<![CDATA[', ']]>'],
      ...['<?xml version="1.0"?>', '&amp;', '&x;', '&#0;', '<', '>', '"', "'", ' ', '\n', 'x:y'],
      ...['<!DOCTYPE a [', ']', '<!ENTITY x "y">', '%p;', '\0', '\uD800', '<a b="c">', '/>'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        try {
          parseJUnit(pieces.join(''));
        } catch (error) {
          if (!(error instanceof JUnitError)) throw error;
          expect(error.line).toBeGreaterThan(0);
          expect(error.column).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>', '&x;'],
    ['a parameter entity', '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]>', '&x;'],
    ['an entity of an external document type', '<!DOCTYPE a SYSTEM "x.dtd">', '&x;'],
    ['nested entities', '<!DOCTYPE a [<!ENTITY y "lol"><!ENTITY x "&y;&y;">]>', '&x;'],
    ['an entity that holds markup', '<!DOCTYPE a [<!ENTITY x "<testcase/>">]>', '&x;'],
  ])('cannot make use of %s', (_what, doctype, use) => {
    const xml = `${doctype}${suite(`<testcase name="${use}"/>`)}`;
    const inText = `${doctype}${suite(`<testcase name="a"><failure>${use}</failure></testcase>`)}`;
    for (const hostile of [xml, inText]) {
      expect(() => parseJUnit(hostile)).toThrow(expect.objectContaining({ problem: 'malformed' }));
    }
    expect(parseJUnit(doctype + suite('<testcase name="a"/>')).counts.total).toBe(1);
  });

  it('can use plain entities, but only so much of them', () => {
    const doctype = `<!DOCTYPE a [<!ENTITY x "${'y'.repeat(1_000)}">]>`;
    const use = (times: number) => doctype + suite(`<testcase name="${'&x;'.repeat(times)}"/>`);
    expect(parseJUnit(use(1)).cases[0]?.name).toMatch(/^y+…$/);
    expect(() => parseJUnit(use(2_000))).toThrow(expect.objectContaining({ problem: 'too_large' }));
  });

  it('cannot exhaust the stack or the memory', () => {
    const refused = [
      '<testsuite>'.repeat(100_000),
      `<testsuite ${Array.from({ length: 2_000 }, (_, i) => `a${i}=""`).join(' ')}/>`,
      Buffer.alloc(100 * 1024 * 1024 + 1, ' '),
    ];
    for (const xml of refused) {
      expect(() => parseJUnit(xml)).toThrow(expect.objectContaining({ problem: 'too_large' }));
    }
    const doctype = `<!DOCTYPE a [${'<!ENTITY x "y">'.repeat(10_000)}]><testsuite/>`;
    expect(() => parseJUnit(doctype)).toThrow(/longer than/);
  });

  it.each([
    ['cases', (n: number) => suite('<testcase name="a" classname="b" time="1"/>'.repeat(n))],
    [
      'text',
      (n: number) =>
        suite(`<testcase name="a"><failure>${'x ]] &lt;'.repeat(n)}</failure></testcase>`),
    ],
    ['blanks', (n: number) => suite(`<testcase${' '.repeat(n * 10)}name="a"/>`)],
    ['blanks that lead nowhere', (n: number) => `<testsuite${' '.repeat(n * 10)}<`],
    [
      'printed text',
      (n: number) => suite(`<system-out>${'<a>&amp;</a>\n'.repeat(n)}</system-out>`),
    ],
  ])('is read in time proportional to its size: %s', (_what, make) => {
    // Quadratic behaviour would need minutes for this, on any machine.
    try {
      parseJUnit(make(200_000));
    } catch (error) {
      expect(error).toBeInstanceOf(JUnitError);
    }
  });
});
