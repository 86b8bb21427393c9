/** What the scripted model writes where nothing is recorded: plain, small, and true to its kind. */

export interface WantedFile {
  readonly path: string;
  readonly type?: string;
  readonly description?: string;
}

export interface About {
  readonly title: string;
  readonly prompt: string;
  readonly agent: string;
  readonly phase?: string;
}

/** The text of a file, by the ending of its name. */
export function contentFor(file: WantedFile, about: About): string {
  const ending = /\.([A-Za-z0-9]+)$/.exec(file.path)?.[1]?.toLowerCase() ?? '';
  const write = WRITERS.get(ending);
  if (write !== undefined) return write(file, about);
  return `${about.title}\n\n${purposeOf(file, about)}\n`;
}

function purposeOf({ description, type }: WantedFile, { prompt, phase }: About): string {
  const first = prompt.split('\n').find((line) => line.trim() !== '') ?? '';
  return (
    description ??
    `The ${type ?? 'file'} of the phase ${phase ?? 'at hand'}: ${first.slice(0, 300)}`
  );
}

function nameOf({ path }: WantedFile): string {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.[A-Za-z0-9]+$/, '');
  const words = base.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function identifier(file: WantedFile): string {
  return (
    nameOf(file)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_') || 'part'
  );
}

function markdown(file: WantedFile, about: About): string {
  const { title, agent, phase, prompt } = about;
  const asked = prompt
    .trim()
    .split('\n')
    .slice(0, 20)
    .map((line) => `> ${line}`);
  return [
    `# ${nameOf(file)}: ${title}`,
    '',
    purposeOf(file, about),
    '',
    '## Goals',
    '',
    `- Serve the people whom ${title} is for`,
    '- Be checked by the gates of this phase',
    '- Stay small enough to be read in one sitting',
    '',
    '## Scope',
    '',
    'What was asked:',
    '',
    ...asked,
    '',
    '## Decisions',
    '',
    '| decision | reason |',
    '|---|---|',
    '| Begin with the smallest useful version | It can be tested with its users |',
    '| Keep data and code apart | Each can change without the other |',
    '',
    '## Risks',
    '',
    '- It is used for more than it was made for: the scope above says what that is.',
    '- What it is built on changes: the checks of each phase would show it first.',
    '',
    '## Next steps',
    '',
    `1. Review this document (written by ${agent}${phase === undefined ? '' : ` in ${phase}`}).`,
    '2. Hand it to the next phase.',
    '',
  ].join('\n');
}

function json(file: WantedFile, about: About): string {
  const { title, agent, phase } = about;
  const content = {
    name: nameOf(file),
    title,
    purpose: purposeOf(file, about),
    ...(phase !== undefined && { phase }),
    made_by: agent,
    items: [
      { id: 1, name: 'first', value: 1 },
      { id: 2, name: 'second', value: 2 },
    ],
    metrics: { accuracy: 0.91, f1: 0.88, coverage: 0.9, error: 0.12 },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function csv(): string {
  const rows = Array.from({ length: 24 }, (_, index) => {
    const month = `${2024 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-01`;
    return `${month},${100 + 3 * index + (index % 4)},${50 + index}`;
  });
  return ['date,value,baseline', ...rows, ''].join('\n');
}

function python(file: WantedFile, about: About): string {
  const name = identifier(file);
  return [
    `"""${nameOf(file)}: ${about.title.replaceAll('"', "'")}."""`,
    '',
    'from __future__ import annotations',
    '',
    '',
    `def ${name}(values: list[float]) -> dict[str, float]:`,
    '    """Mean, lowest and highest of the values."""',
    '    if not values:',
    '        raise ValueError("there are no values")',
    '    return {',
    '        "mean": sum(values) / len(values),',
    '        "lowest": min(values),',
    '        "highest": max(values),',
    '    }',
    '',
    '',
    'if __name__ == "__main__":',
    `    print(${name}([1.0, 2.0, 3.0]))`,
    '',
  ].join('\n');
}

function script(file: WantedFile, about: About): string {
  const name = identifier(file).replaceAll(/_([a-z0-9])/g, (_, letter: string) =>
    letter.toUpperCase(),
  );
  return [
    `// ${nameOf(file)}: ${about.title}`,
    '',
    '/** Mean, lowest and highest of the values. */',
    `export function ${name}(values) {`,
    "  if (values.length === 0) throw new RangeError('There are no values.');",
    '  const sum = values.reduce((total, value) => total + value, 0);',
    '  return { mean: sum / values.length, lowest: Math.min(...values), highest: Math.max(...values) };',
    '}',
    '',
  ].join('\n');
}

function junit(file: WantedFile, about: About): string {
  const suite = escaped(nameOf(file));
  const cases = ['reads its input', 'refuses what is empty', 'says what it has found'];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(about.title)}" tests="3" failures="0" errors="0" time="0.3">`,
    `  <testsuite name="${suite}" tests="3" failures="0" errors="0" skipped="0" time="0.3">`,
    ...cases.map((name) => `    <testcase classname="${suite}" name="${name}" time="0.1"/>`),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function html(file: WantedFile, about: About): string {
  const title = escaped(about.title);
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><title>${title}</title></head>`,
    `<body><h1>${title}</h1><p>${escaped(purposeOf(file, about))}</p></body>`,
    '</html>',
    '',
  ].join('\n');
}

function yaml(file: WantedFile, about: About): string {
  return [
    `name: ${JSON.stringify(nameOf(file))}`,
    `title: ${JSON.stringify(about.title)}`,
    `purpose: ${JSON.stringify(purposeOf(file, about))}`,
    'version: 1',
    '',
  ].join('\n');
}

function lcov(file: WantedFile): string {
  return [
    `TN:`,
    `SF:src/${identifier(file)}.py`,
    'DA:1,1',
    'DA:2,1',
    'DA:3,1',
    'LF:3',
    'LH:3',
    'end_of_record',
    '',
  ].join('\n');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const WRITERS: ReadonlyMap<string, (file: WantedFile, about: About) => string> = new Map([
  ['md', markdown],
  ['json', json],
  ['csv', csv],
  ['py', python],
  ['js', script],
  ['mjs', script],
  ['ts', script],
  ['xml', junit],
  ['html', html],
  ['yaml', yaml],
  ['yml', yaml],
  ['info', lcov],
  ['lcov', lcov],
]);
