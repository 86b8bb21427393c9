/** One test of a report. */
export interface JunitTest {
  readonly name: string;
  readonly suite: string;
  readonly status: 'completed' | 'failed' | 'skipped';
  readonly seconds: number | undefined;
  readonly message: string | undefined;
}

const TAG = /<(\/?)(testsuite|testcase|failure|error|skipped)\b((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;

/** The tests of a JUnit report, in its order; none where it is no report. */
export function parseJunit(xml: string): readonly JunitTest[] {
  const tests: JunitTest[] = [];
  let suite = '';
  for (const [, isEnd, tag, attributes = ''] of xml.matchAll(TAG)) {
    if (isEnd === '/') continue;
    const value = (name: string) => attributeOf(attributes, name);
    if (tag === 'testsuite') suite = value('name') ?? suite;
    else if (tag === 'testcase') {
      const seconds = Number(value('time') ?? Number.NaN);
      tests.push({
        ...{ name: value('name') ?? '', suite: value('classname') ?? suite, status: 'completed' },
        ...{ seconds: Number.isFinite(seconds) ? seconds : undefined, message: undefined },
      });
    } else {
      const last = tests.pop();
      const status = tag === 'skipped' ? 'skipped' : 'failed';
      if (last !== undefined) tests.push({ ...last, status, message: value('message') });
    }
  }
  return tests;
}

const ENTITIES: Readonly<Record<string, string>> = {
  ...{ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", '#10': '\n' },
};

function attributeOf(attributes: string, name: string): string | undefined {
  const found = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  const value = found?.[1] ?? found?.[2];
  return value?.replace(/&(#?\w+);/g, (whole, entity: string) => ENTITIES[entity] ?? whole);
}
