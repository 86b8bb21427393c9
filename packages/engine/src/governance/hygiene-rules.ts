/**
 * What is looked for in the files of a workspace, and what each kind of finding costs. The score is
 * 1 less the penalties of all findings, and never below 0; a kind takes off no more than its cap, so
 * that one habit does not hide everything else. Secrets have no cap of their own.
 */
import type { HygieneKind, HygieneSeverity } from '@tenuto/contract';

export interface HygieneRule {
  readonly severity: HygieneSeverity;
  /** In thousandths of the score, for each finding. */
  readonly penalty: number;
  /** The most that all findings of the kind take off, in thousandths. */
  readonly cap: number;
  readonly remediation: string;
}

export const HYGIENE_RULES: Readonly<Record<HygieneKind, HygieneRule>> = {
  secret: {
    ...{ severity: 'error', penalty: 250, cap: 1_000 },
    remediation:
      'Revoke it where it was issued, take it out of the file, and read it from a secret instead.',
  },
  large_file: {
    ...{ severity: 'warning', penalty: 50, cap: 200 },
    remediation: 'Keep it in storage made for data, compress it, or split it.',
  },
  missing_readme: {
    ...{ severity: 'warning', penalty: 50, cap: 50 },
    remediation: 'Write a README.md: what this is, how it is run, how it is tested.',
  },
  empty_file: {
    ...{ severity: 'warning', penalty: 20, cap: 100 },
    remediation: 'Write what belongs into it, or delete it.',
  },
  duplicate_content: {
    ...{ severity: 'warning', penalty: 20, cap: 100 },
    remediation: 'Keep one of them, and refer to it from the other places.',
  },
  leftover: {
    ...{ severity: 'warning', penalty: 20, cap: 100 },
    remediation: 'Delete it, and have the version control ignore files of its kind.',
  },
  unfinished_work: {
    ...{ severity: 'info', penalty: 10, cap: 100 },
    remediation: 'Do what the markers say, or move them to where work is planned.',
  },
  unreferenced_file: {
    ...{ severity: 'info', penalty: 10, cap: 100 },
    remediation: 'Use it or link to it where people would look for it, or delete it.',
  },
};

export const HYGIENE_LIMITS = {
  /** A file of more bytes is large. */
  largeBytes: 1_000_000,
  /** What is looked into of one file, in bytes; larger ones are told as unread. */
  textBytes: 8 * 1024 * 1024,
  /** Copies of less say nothing: licences, stubs. */
  duplicateBytes: 64,
  /** Markers of unfinished work in one file before it is told. */
  markers: 3,
  /** And so many lines hold one of them, at most. */
  linesAMarker: 100,
  /** Files from which on a README is missed. */
  filesWithoutReadme: 3,
  /** Findings that are told; the rest are counted. */
  findings: 200,
} as const;

/** Folders that hold what others have made. */
const FOREIGN: ReadonlySet<string> = new Set(['.git', 'node_modules', '.tenuto', '.venv', 'venv']);

/** Whether a file is no part of the work: version control, installed packages. */
export function isForeign(path: string): boolean {
  return path.split('/').some((part) => FOREIGN.has(part));
}

const MEANT_TO_BE_EMPTY = /(?:^|\/)(?:\.[\w-]*keep|__init__\.py|py\.typed|\.nojekyll|\.npmignore)$/;

export function mayBeEmpty(path: string): boolean {
  return MEANT_TO_BE_EMPTY.test(path);
}

/** Files whose content is the same wherever they stand. */
const MEANT_TO_BE_COPIED =
  /(?:^|\/)(?:LICEN[CS]E|COPYING|NOTICE|\.gitignore|\.editorconfig)[^/]*$/i;

export function mayBeCopied(path: string): boolean {
  return MEANT_TO_BE_COPIED.test(path);
}

const LEFTOVERS: readonly (readonly [RegExp, string])[] = [
  [
    /(?:~|\.sw[op]|\.bak|\.orig|\.rej|\.old)$|(?:^|\/)(?:\.#[^/]*|#[^/]*#)$/,
    'of an editor or a merge',
  ],
  [/\.(?:tmp|temp|pid|crdownload|part)$/i, 'of a program that was writing it'],
  [/(?:^|\/)(?:\.DS_Store|Thumbs\.db|desktop\.ini|\.Spotlight-V100)(?:$|\/)/, 'of a file manager'],
  [
    /\.py[co]$|(?:^|\/)(?:__pycache__|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.ipynb_checkpoints)\//,
    'of Python',
  ],
  [/(?:^|\/)(?:\.idea|\.vs)\//, 'of an editor'],
  [/(?:^|\/)(?:npm-debug|yarn-error|pnpm-debug)\.log/, 'of a package manager that failed'],
  [
    /(?:^|\/)\.env(?:\.(?!example$|sample$|template$|dist$)[\w-]+)?$/,
    'of one machine: settings of an environment',
  ],
];

/** What a file was left behind by; undefined when it is none. */
export function leftoverOf(path: string): string | undefined {
  return LEFTOVERS.find(([shape]) => shape.test(path))?.[1];
}

const BINARY =
  /\.(?:png|jpe?g|gif|webp|ico|bmp|tiff?|pdf|zip|gz|tgz|bz2|xz|7z|tar|jar|whl|parquet|arrow|feather|npy|npz|pkl|pickle|joblib|h5|onnx|pt|pth|bin|exe|dll|so|dylib|wasm|woff2?|ttf|otf|eot|mp[34]|mov|avi|webm|ogg|wav|flac|sqlite3?|db)$/i;

/** Whether a file is binary by its name: nobody looks for text in it. */
export function isBinaryName(path: string): boolean {
  return BINARY.test(path);
}

/** Bytes that are looked at to tell text from anything else. */
const HEAD = 8_192;

/** Its text, with what is no UTF-8 replaced; undefined for what is none. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.subarray(0, HEAD).includes(0)) return undefined;
  return new TextDecoder('utf-8').decode(bytes);
}
