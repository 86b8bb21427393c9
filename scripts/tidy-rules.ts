import { type Effect, type SourceFacts, scanSource } from './source-scan.ts';

export interface Policy {
  readonly allowed: readonly {
    readonly files: RegExp;
    readonly effects: readonly Effect[];
    readonly because: string;
  }[];
  /** How many ways around the type checker there may be in all. */
  readonly escapes: number;
  readonly fileLines: { readonly most: number; readonly listed: number };
  readonly functionLines: number;
}

/** What one file was found to be. Each text names the place as `path:line`. */
export interface Judgement {
  readonly path: string;
  readonly failures: readonly string[];
  readonly escapes: readonly string[];
  readonly lines: number;
  /** Lines of each function; empty for a test, whose suites are functions only by syntax. */
  readonly functions: readonly number[];
}

/** Tests and what only they use. */
export const TESTS = /\.test\.tsx?$|^packages\/[^/]+\/(?:test|conformance)\//;

/** Words of unfinished work; spelt so that this file does not hold them. */
const UNFINISHED = /\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/;

const REGISTRY = /\bregistry\.[a-z0-9-]+\.(?:org|com|net|io|dev)\b|\bnpm\.pkg\.github\.com\b/i;

const HOME =
  /(?:^|[\s'"`(=:])(?:\/home\/(?!nobody\b|user\b)[a-z]|\/Users\/[A-Za-z]|\/root\/|[A-Z]:\\Users\\)/;

const SUPPRESSION = /@ts-(?:ignore|nocheck)\b|biome-ignore(?!.*:\s*[^\s<])/;

/** Judges one file by its name and text. */
export function judge(path: string, text: string, policy: Policy): Judgement {
  const judgement = { path, failures: judgeText(path, text), escapes: [], lines: 0, functions: [] };
  return /\.tsx?$/.test(path) ? judgeSource(judgement, text, policy) : judgement;
}

/**
 * Sums the files up.
 *
 * @returns what fails the build, and what is only worth knowing
 */
export function report(all: readonly Judgement[], policy: Policy) {
  const escapes = all.flatMap((file) => file.escapes);
  const rose = escapes.length > policy.escapes;
  const failures = [
    ...all.flatMap((file) => file.failures),
    ...(rose ? escapes.map((place) => `${place}: goes around the type checker`) : []),
  ];
  const long = all.filter(({ lines }) => lines > policy.fileLines.listed);
  return {
    failures,
    notes: [...long.map(({ path, lines }) => `${path}: ${lines} lines`), sum(all)],
  };
}

function judgeText(path: string, text: string): readonly string[] {
  const rules: readonly (readonly [RegExp, string])[] = [
    ...(path === 'package-lock.json'
      ? [[/"resolved": "https?:/, 'a download address'] as const]
      : []),
    [REGISTRY, 'the host of a package registry'],
    [HOME, "a path of somebody's home folder"],
    ...(/\.(?:md|json)$|^LICENSE$/.test(path) ? [] : [[UNFINISHED, 'unfinished work'] as const]),
  ];
  return rules.flatMap(([pattern, what]) =>
    linesWith(text, pattern).map((line) => `${path}:${line}: ${what}`),
  );
}

function judgeSource(file: Judgement, text: string, policy: Policy): Judgement {
  const { path } = file;
  const facts = scanSource(text, { tsx: path.endsWith('x') });
  const isTest = TESTS.test(path);
  const at = (line: number, what: string) => `${path}:${line}: ${what}`;
  return {
    path,
    failures: [
      ...file.failures,
      ...strayEffects(path, facts, policy).map(({ line, text }) =>
        at(line, `${text} is not allowed here`),
      ),
      ...facts.evaluators.map(({ line, text }) => at(line, `${text} runs text as code`)),
      ...(facts.lines > policy.fileLines.most ? [`${path}: ${facts.lines} lines`] : []),
      ...facts.functions
        .filter(({ lines }) => !isTest && lines > policy.functionLines)
        .map(({ line, lines }) => at(line, `a function of ${lines} lines`)),
    ],
    escapes: [
      ...facts.escapes.map(({ line, text }) => at(line, text)),
      ...linesWith(text, SUPPRESSION).map((line) => at(line, 'a suppression without a reason')),
    ],
    lines: facts.lines,
    functions: isTest ? [] : facts.functions.map(({ lines }) => lines),
  };
}

function strayEffects(path: string, facts: SourceFacts, { allowed }: Policy) {
  const granted = allowed.filter(({ files }) => files.test(path)).flatMap(({ effects }) => effects);
  return facts.effects.filter(({ effect }) => !granted.includes(effect));
}

function linesWith(text: string, pattern: RegExp): readonly number[] {
  return text.split('\n').flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}

function sum(all: readonly Judgement[]): string {
  const sources = all.filter(({ lines }) => lines > 0);
  const tests = sources.filter(({ path }) => TESTS.test(path));
  const code = sources.filter((file) => !tests.includes(file));
  const total = (files: readonly Judgement[]) =>
    files.reduce((lines, file) => lines + file.lines, 0);
  const ratio = total(tests) / Math.max(total(code), 1);
  const median = quantile(
    code.map(({ lines }) => lines),
    0.5,
  );
  const long = quantile(
    code.flatMap(({ functions }) => functions),
    0.9,
  );
  return `${code.length} source files, median ${median} lines; 9 of 10 functions have at most ${long} lines; tests to code ${ratio.toFixed(2)}`;
}

function quantile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
}
