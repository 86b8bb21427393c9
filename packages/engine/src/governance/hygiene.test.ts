import type { HygieneFinding, HygieneKind } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHygieneSurvey, type SurveyedFile } from './hygiene.ts';
import { HYGIENE_LIMITS, HYGIENE_RULES, leftoverOf, textOf } from './hygiene-rules.ts';

function file(path: string, text: string, over: Partial<SurveyedFile> = {}): SurveyedFile {
  return { path, sizeBytes: text.length, hash: text, text, ...over };
}

function survey(...files: readonly SurveyedFile[]) {
  const one = createHygieneSurvey();
  for (const each of files) one.add(each);
  return one.report();
}

/** Put together here, so that this file holds none. */
const MARKERS = [
  ['TO', 'DO'],
  ['FIX', 'ME'],
  ['HA', 'CK'],
].map((parts) => parts.join(''));
const kindsOf = (findings: readonly HygieneFinding[]) =>
  findings.map(({ kind, path }) => `${kind} ${path}`);
const readme = file('README.md', 'See src/index.ts, and parse.ts.');
const index = file('src/index.ts', "import { parse } from './parse.ts';");
const parse = file('src/parse.ts', 'export function parse() {}');

describe('a folder', () => {
  it('in which all is well has no findings', () => {
    expect(survey(readme, index, parse)).toMatchObject({
      ...{ hygiene_score: 1, findings: [], findings_omitted: 0, files: 3, unread: [] },
    });
    expect(survey()).toMatchObject({ hygiene_score: 1, files: 0 });
  });

  it.each<[HygieneKind, string, readonly SurveyedFile[]]>([
    ['secret', 'src/index.ts', [file('src/index.ts', `k = 'ghp_${'aB3dE5gH7j'.repeat(4)}'`)]],
    ['large_file', 'index.ts', [file('index.ts', 'x', { sizeBytes: 1_000_001 })]],
    ['empty_file', 'index.ts', [file('index.ts', '')]],
    [
      'duplicate_content',
      'b/index.ts',
      [file('a/index.ts', 'x'.repeat(64)), file('b/index.ts', 'x'.repeat(64))],
    ],
    ['leftover', 'notes.md~', [file('notes.md~', 'x')]],
    [
      'unfinished_work',
      'index.ts',
      [file('index.ts', MARKERS.map((word) => `// ${word}: x\n`).join(''))],
    ],
    ['missing_readme', '', [index, parse, file('src/main.ts', "import './index.ts'")]],
    ['unreferenced_file', 'src/orphan.ts', [readme, index, parse, file('src/orphan.ts', 'x')]],
  ])('is told of: %s', (kind, path, files) => {
    const { findings, hygiene_score: score } = survey(...files);
    expect(kindsOf(findings)).toEqual([`${kind} ${path}`]);
    const [finding] = findings;
    expect(finding).toMatchObject({
      ...{ severity: HYGIENE_RULES[kind].severity, penalty: HYGIENE_RULES[kind].penalty / 1_000 },
      ...{ remediation: HYGIENE_RULES[kind].remediation },
    });
    expect(score).toBe((1_000 - HYGIENE_RULES[kind].penalty) / 1_000);
  });

  it('says in which line, where that helps', () => {
    const text = `a\nb\n${`// ${MARKERS[0]} x\n`.repeat(3)}`;
    expect(survey(file('index.ts', text)).findings[0]?.line).toBe(3);
  });

  it('may hold files that are meant to be empty, or copied', () => {
    const licence = 'y'.repeat(100);
    const files = [
      file('a/__init__.py', ''),
      file('b/.gitkeep', ''),
      file('LICENSE', licence),
      file('packages/x/LICENSE', licence),
      readme,
    ];
    expect(survey(...files).findings).toEqual([]);
  });

  it('of which nobody asked for what others have installed is told nothing about that', () => {
    const files = ['node_modules/x/a.ts', '.git/HEAD', 'a/.venv/b.py'].map((path) =>
      file(path, ''),
    );
    expect(survey(...files)).toMatchObject({ files: 0, findings: [] });
  });

  it('may hold what was asked for, whether or not others name it', () => {
    const one = createHygieneSurvey({ isWanted: (path) => path === 'artifacts/qa/report.md' });
    for (const each of [readme, index, parse, file('artifacts/qa/report.md', 'All is well.')]) {
      one.add(each);
    }
    expect(one.report().findings).toEqual([]);
  });

  it('tells what was too large to look into', () => {
    const sizeBytes = HYGIENE_LIMITS.textBytes + 1;
    const big = { path: 'data.csv', sizeBytes, hash: 'h' };
    expect(survey(big, { ...big, path: 'model.pkl', hash: 'i' }).unread).toEqual(['data.csv']);
  });

  it('finds names in other spellings', () => {
    const files = [
      readme,
      file('src/index.ts', "import './user-card'; from pkg.data_load import x; url(logo.svg)"),
      ...['src/user-card.tsx', 'pkg/data_load.py', 'img/logo.svg'].map((path) => file(path, path)),
    ];
    expect(kindsOf(survey(...files).findings)).toEqual([]);
  });
});

describe('the score', () => {
  const someFile = fc
    .record({
      path: fc.constantFrom('a.ts', 'b/c.ts', 'd.md~', 'e.tmp', 'README.md', 'f/g.json', 'h.py'),
      text: fc.constantFrom('', 'x'.repeat(80), `ghp_${'aB3dE5gH7j'.repeat(4)}`, 'y'.repeat(90)),
      large: fc.boolean(),
    })
    .map(({ path, text, large }) => file(path, text, large ? { sizeBytes: 2_000_000 } : {}));

  it('is 1 less what its findings take off, never below 0, and no kind takes more than its cap', () => {
    fc.assert(
      fc.property(fc.array(someFile, { maxLength: 60 }), (files) => {
        const report = survey(...files);
        const lost = report.findings.reduce((sum, { penalty }) => sum + penalty, 0);
        if (report.findings_omitted === 0) {
          expect(report.hygiene_score).toBeCloseTo(Math.max(0, 1 - lost), 9);
        }
        for (const kind of Object.keys(HYGIENE_RULES) as HygieneKind[]) {
          const of = report.findings.filter((finding) => finding.kind === kind);
          const taken = of.reduce((sum, { penalty }) => sum + penalty, 0);
          expect(taken).toBeLessThanOrEqual(HYGIENE_RULES[kind].cap / 1_000 + 1e-9);
        }
      }),
    );
  });

  it('is 0 with four secrets, whatever else is there', () => {
    const key = (i: number) => `ghp_${String(i)}${'aB3dE5gH7j'.repeat(4)}`;
    const files = [0, 1, 2, 3, 4].map((i) => file(`index.${i}.ts`, key(i)));
    expect(survey(readme, ...files).hygiene_score).toBe(0);
  });

  it('does not depend on the order of the files, but for which of two copies is told', () => {
    fc.assert(
      fc.property(fc.array(someFile, { maxLength: 20 }), (files) => {
        const once = [...new Map(files.map((one) => [one.path, one])).values()];
        const back = survey(...[...once].reverse());
        expect(survey(...once).hygiene_score).toBe(back.hygiene_score);
      }),
    );
  });

  it('of a folder with thousands of findings tells the worst, and counts the rest', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => file(`e${i}.md`, '', { hash: `${i}` }));
    const key = file('key.md', `ghp_${'aB3dE5gH7j'.repeat(4)}`);
    const { findings, findings_omitted: omitted } = survey(readme, ...many, key);
    expect([findings.length, findings[0]?.kind]).toEqual([HYGIENE_LIMITS.findings, 'secret']);
    expect(omitted).toBeGreaterThan(5_000);
  });
});

describe('files that are left behind', () => {
  it.each([
    ...[
      'a~',
      '.a.swp',
      'x.bak',
      'x.orig',
      '.DS_Store',
      'a/Thumbs.db',
      'm.pyc',
      '.env',
      '.env.local',
    ],
    ...['a/__pycache__/x.cpython.pyc', '#a#', '.#a', 'npm-debug.log', '.idea/x.xml', 'x.tmp'],
  ])('are known by their names: %s', (path) => {
    expect(leftoverOf(path)).toBeDefined();
  });

  it.each([
    'a.ts',
    '.env.example',
    '.env.sample',
    'template.md',
    'backup.ts',
    'README.md',
    'parts.json',
  ])('are not taken for others: %s', (path) => {
    expect(leftoverOf(path)).toBeUndefined();
  });
});

describe('bytes', () => {
  it('that are no text are told from text that is broken', () => {
    expect(textOf(Uint8Array.of(0x50, 0x4b, 0x03, 0x04, 0x00))).toBeUndefined();
    expect(textOf(Uint8Array.of(0x61, 0xff, 0xfe, 0x62))).toBe('a\uFFFD\uFFFDb');
    expect(textOf(Buffer.from('\uFEFFa'))).toBe('a');
    expect(textOf(new Uint8Array())).toBe('');
  });
});
