import { describe, expect, it } from 'vitest';
import { scanSource } from './source-scan.ts';

const effects = (text: string) => scanSource(text).effects.map((found) => found.text);

describe('effects', () => {
  it.each([
    ['Date.now()', 'time'],
    ['new Date()', 'time'],
    ['new Date', 'time'],
    ['performance.now()', 'time'],
    ['globalThis.performance.now()', 'time'],
    ['process.hrtime.bigint()', 'time'],
    ['setTimeout(f, 1)', 'timer'],
    ['globalThis.setTimeout(f, 1)', 'timer'],
    ['const after = setTimeout', 'timer'],
    ["import { setTimeout as sleep } from 'node:timers/promises'", 'timer'],
    ['setInterval(f, 1)', 'timer'],
    ['setImmediate(f)', 'timer'],
    ['Math.random()', 'random'],
    ['crypto.randomUUID()', 'random'],
    ['crypto.getRandomValues(bytes)', 'random'],
    ["import { randomBytes } from 'node:crypto'", 'random'],
    ['process.env.HOME', 'environment'],
    ["process.env['HOME']", 'environment'],
    ["process['env']", 'environment'],
    ['process?.env', 'environment'],
  ])('sees %s as %s', (text, effect) => {
    expect(scanSource(`${text};\n`).effects.map((found) => found.effect)).toEqual([effect]);
  });

  it.each([
    'new Date(0)',
    'Date.parse(text)',
    'performance.mark(name)',
    'socket.setTimeout(1)',
    'clock.now()',
    'const o = { setTimeout: 1 }',
    'interface I { setTimeout(): void }',
    'class C { randomUUID() { return 1 } }',
    'process.exitCode = 1',
    '// Date.now()',
    "const text = 'Date.now()'",
    'const text = `Math.random() ${1}`',
  ])('lets %s pass', (text) => {
    expect(effects(`${text};\n`)).toEqual([]);
  });

  it('looks into every corner of a file', () => {
    const text = [
      'class C { #at = Date.now(); static { Math.random(); } }',
      'const { a = process.env.A } = o;',
      'const text = `${Date.now()}`;',
      'export const f = async () => [...(await import(process.env.B ?? c))];',
      'const o = { [Math.random()]: 1 };',
    ].join('\n');
    expect(scanSource(text).effects.map(({ line }) => line)).toEqual([1, 1, 2, 3, 4, 5]);
  });

  it('names the line, whatever stands before it and whatever was read before', () => {
    for (const before of ['', '// é 漢字 😀\n', '\n\n', "#!/usr/bin/env node\n'é';\n"]) {
      const line = before.split('\n').length;
      expect(scanSource(`${before}Date.now();`).effects).toEqual([
        { line, effect: 'time', text: 'Date.now' },
      ]);
    }
  });
});

describe('functions', () => {
  it('measures each from its first line to its last', () => {
    const text = [
      'export function a() {',
      '  return 1;',
      '}',
      'const b = () => 1;',
      'class C {',
      '  constructor() {',
      '    const inner = function () {',
      '    };',
      '  }',
      '  get d() {',
      '    return 1;',
      '  }',
      '}',
      'const o = {',
      '  e() {',
      '  },',
      '};',
      '',
    ].join('\n');
    expect(scanSource(text).functions).toEqual([
      { line: 1, lines: 3 },
      { line: 4, lines: 1 },
      { line: 6, lines: 4 },
      { line: 7, lines: 2 },
      { line: 10, lines: 3 },
      { line: 15, lines: 2 },
    ]);
  });

  it('counts the lines of the file', () => {
    expect(scanSource('a;\n').lines).toBe(1);
    expect(scanSource('a;\n\nb;').lines).toBe(3);
  });
});

describe('ways around the type checker', () => {
  it.each([
    ['let a: any;', 'any'],
    ['const b = c as any;', 'any'],
    ['function f(...args: any[]): void {}', 'any'],
    ['type T = Map<string, any>;', 'any'],
    ['const b = c as unknown as string;', 'as unknown as'],
    ['const b = (c as unknown) as string;', undefined],
  ])('reads %s', (text, expected) => {
    const found = scanSource(text).escapes.map(({ text: what }) => what);
    expect(found).toEqual(expected ? [expected] : []);
  });

  it('does not take a word for a type', () => {
    expect(scanSource("// as any\nconst any = 'any'; f(any as unknown);").escapes).toEqual([]);
  });
});

describe('evaluators', () => {
  it.each([
    'eval(text)',
    'globalThis.eval(text)',
    'new Function(text)',
    'Function(text)',
  ])('sees %s', (text) => {
    expect(scanSource(text).evaluators).toHaveLength(1);
  });

  it('lets functions be', () => {
    expect(scanSource('const f: Function = evaluate(g); new Functions(f);').evaluators).toEqual([]);
  });
});

it('reads JSX only where it is asked to', () => {
  expect(scanSource('const a = <b>{Date.now()}</b>;', { tsx: true }).effects).toHaveLength(1);
  expect(() => scanSource('const a = <b>{1}</b>;')).toThrow();
});

it('says so when the text is no TypeScript', () => {
  expect(() => scanSource('const = 1')).toThrow();
});
