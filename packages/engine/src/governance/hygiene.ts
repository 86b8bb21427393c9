/**
 * The hygiene of a folder of files: what is in it that should not be, what is not that should. A
 * survey is given one file after the other, and keeps none of them.
 */
import type { HygieneFinding, HygieneKind, HygieneReport } from '@tenuto/contract';
import {
  HYGIENE_LIMITS,
  HYGIENE_RULES,
  isBinaryName,
  isForeign,
  leftoverOf,
  mayBeCopied,
  mayBeEmpty,
} from './hygiene-rules.ts';
import { createReferences } from './references.ts';
import { findSecrets } from './secret-scan.ts';

export interface SurveyedFile {
  /** Relative, with `/` between its parts. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Of its content; the same for the same content. */
  readonly hash: string;
  /** Absent for what is no text, and for what was not read. */
  readonly text?: string;
}

export interface HygieneSurvey {
  add(file: SurveyedFile): void;
  report(): HygieneReport;
}

interface SurveyOptions {
  /** Whether a file is there because somebody has asked for it, whether or not others name it. */
  readonly isWanted?: (path: string) => boolean;
}

type Found = Omit<HygieneFinding, 'penalty' | 'severity' | 'remediation'>;

const MARKER = /\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/g;

export function createHygieneSurvey({ isWanted = () => false }: SurveyOptions = {}): HygieneSurvey {
  const found: Found[] = [];
  const paths: string[] = [];
  const firstOf = new Map<string, string>();
  const unread: string[] = [];
  const references = createReferences();
  let bytes = 0;
  return {
    add(file) {
      const { path, sizeBytes, hash, text } = file;
      if (isForeign(path)) return;
      paths.push(path);
      bytes += sizeBytes;
      found.push(...outside(file));
      if (sizeBytes >= HYGIENE_LIMITS.duplicateBytes && !mayBeCopied(path)) {
        const first = firstOf.get(hash);
        if (first === undefined) firstOf.set(hash, path);
        else found.push(copy(path, first));
      }
      if (text === undefined) {
        if (sizeBytes > HYGIENE_LIMITS.textBytes && !isBinaryName(path)) unread.push(path);
        return;
      }
      found.push(...inside(path, text));
      references.add(path, text);
    },
    report() {
      const all = [...found];
      if (lacksReadme(paths)) {
        all.push({ kind: 'missing_readme', path: '', message: 'There is no README.' });
      }
      if (paths.length > 1) {
        const unnamed = references.unnamed(paths).filter((path) => !isWanted(path));
        all.push(...unnamed.map(notNamed));
      }
      return { ...scored(all), files: paths.length, bytes, unread };
    },
  };
}

/** What a file's name and size tell. */
function outside({ path, sizeBytes }: SurveyedFile): Found[] {
  const found: Found[] = [];
  const left = leftoverOf(path);
  if (left !== undefined) {
    found.push({ kind: 'leftover', path, message: `The file is a leftover ${left}.` });
  }
  if (sizeBytes === 0 && !mayBeEmpty(path)) {
    found.push({ kind: 'empty_file', path, message: 'The file is empty.' });
  }
  if (sizeBytes > HYGIENE_LIMITS.largeBytes) {
    const size = (sizeBytes / 1_000_000).toFixed(1);
    found.push({ kind: 'large_file', path, message: `The file has ${size} MB.` });
  }
  return found;
}

function inside(path: string, text: string): Found[] {
  const found: Found[] = findSecrets(text, path).map(({ name, line, masked }) => ({
    kind: 'secret',
    ...{ path, line, message: `It looks like it holds a secret (${name}): ${masked}.` },
  }));
  const markers = [...text.matchAll(MARKER)];
  const lines = text.split('\n').length;
  const [first] = markers;
  if (
    first === undefined ||
    markers.length < HYGIENE_LIMITS.markers ||
    lines > markers.length * HYGIENE_LIMITS.linesAMarker
  ) {
    return found;
  }
  const message = `${markers.length} markers of unfinished work in ${lines} lines.`;
  found.push({ kind: 'unfinished_work', path, line: lineAt(text, first.index), message });
  return found;
}

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) {
    line += 1;
  }
  return line;
}

function copy(path: string, first: string): Found {
  return { kind: 'duplicate_content', path, message: `It is the same as ${first}.` };
}

function notNamed(path: string): Found {
  return { kind: 'unreferenced_file', path, message: 'No other file refers to it.' };
}

function lacksReadme(paths: readonly string[]): boolean {
  if (paths.length < HYGIENE_LIMITS.filesWithoutReadme) return false;
  return !paths.some((path) => /^readme(?:\.[a-z]+)?$/i.test(path));
}

const KINDS = Object.keys(HYGIENE_RULES) as HygieneKind[];

/** The worst kinds first, each by path and line; beyond its cap a kind takes nothing off. */
function scored(
  found: readonly Found[],
): Pick<HygieneReport, 'hygiene_score' | 'findings' | 'findings_omitted'> {
  const sorted = [...found].sort(
    (a, b) =>
      KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
      (a.path < b.path ? -1 : a.path > b.path ? 1 : (a.line ?? 0) - (b.line ?? 0)),
  );
  const taken = new Map<HygieneKind, number>();
  let lost = 0;
  const findings = sorted.map((one): HygieneFinding => {
    const { severity, penalty, cap, remediation } = HYGIENE_RULES[one.kind];
    const before = taken.get(one.kind) ?? 0;
    const more = Math.min(penalty, cap - before);
    taken.set(one.kind, before + more);
    lost += more;
    return { ...one, severity, remediation, penalty: more / 1_000 };
  });
  return {
    hygiene_score: Math.max(0, 1_000 - lost) / 1_000,
    findings: findings.slice(0, HYGIENE_LIMITS.findings),
    findings_omitted: Math.max(0, findings.length - HYGIENE_LIMITS.findings),
  };
}
