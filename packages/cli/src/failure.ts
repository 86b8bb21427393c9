import { OrchestrationError } from '@tenuto/contract';
import { ApiError, ConnectionError, ProtocolError } from '@tenuto/sdk';
import type { DocumentFile } from './document/document-file.ts';
import {
  describeFinding,
  FileError,
  type Finding,
  positionAt,
  type SourceText,
} from './document/source-text.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { printable } from './terminal/text.ts';

/** A command that cannot be carried out as it was given. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Something that was named is not there. */
export class MissingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MissingError';
  }
}

/** Why a command failed: for people, and as data. */
export interface Failure {
  readonly exitCode: ExitCode;
  /** What happened and what to do, in lines. */
  readonly lines: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
}

/** More places than this are counted, not shown. */
const SHOWN_FINDINGS = 10;

/**
 * Says what an error means to somebody at a terminal.
 *
 * @param file the file that the command is about, if it has one: errors are shown at their lines
 */
export function explain(error: unknown, file?: DocumentFile): Failure {
  if (error instanceof FileError) return explainFile(error);
  if (error instanceof ApiError) return explainAnswer(error, file);
  if (error instanceof ConnectionError) {
    const advice = 'Start a server with `tenuto serve`, or name another one with --url.';
    return failure(EXIT.unreachable, 'unreachable', `${error.message}.`, advice);
  }
  if (error instanceof ProtocolError) {
    return failure(EXIT.unreachable, 'not_tenuto', error.message);
  }
  if (error instanceof OrchestrationError) {
    const exitCode = error.status >= 500 ? EXIT.unreachable : EXIT.usage;
    return failure(exitCode, error.code, error.message, error.remedy);
  }
  if (error instanceof MissingError) return failure(EXIT.refused, 'not_found', error.message);
  if (error instanceof UsageError) return failure(EXIT.usage, 'usage', error.message);
  const message = error instanceof Error ? error.message : String(error);
  const advice = 'This should not happen; --verbose shows where it did.';
  return failure(EXIT.internal, 'internal', `Unexpected error: ${message}`, advice);
}

function explainFile({ source, findings }: FileError): Failure {
  return {
    exitCode: EXIT.usage,
    lines: describeFindings(source, findings),
    document: {
      error_code: 'bad_file',
      detail: findings[0]?.message,
      file: source.name,
      findings: placed(source, findings),
    },
  };
}

function explainAnswer(error: ApiError, file?: DocumentFile): Failure {
  const { status, problem, remedy, validationErrors } = error;
  const findings = file ? validationErrors.map((one) => file.findingOf(one)) : [];
  const places = file
    ? describeFindings(file.source, findings)
    : validationErrors.map(({ path, message }) => printable(`${path}: ${message}`));
  return {
    exitCode: exitCodeOf(status),
    // The places say all that the detail says, and more of it.
    lines: [
      ...(places.length > 0 ? places : [printable(problem.detail)]),
      ...(advice(status) ?? [plain(remedy)]),
    ].filter((line) => line !== ''),
    document: {
      ...problem,
      ...(file && { file: file.source.name, findings: placed(file.source, findings) }),
    },
  };
}

function exitCodeOf(status: number): ExitCode {
  if ([401, 403, 404].includes(status)) return EXIT.refused;
  if ([409, 412].includes(status)) return EXIT.conflict;
  if ([429, 502, 503, 504].includes(status)) return EXIT.unreachable;
  return status < 500 ? EXIT.usage : EXIT.internal;
}

/** Advice in the words of this command, where the server's speak of HTTP. */
function advice(status: number): readonly string[] | undefined {
  if (status !== 401) return undefined;
  return [
    'Pass a token with --token or TENUTO_TOKEN; the server printed one when it first started,',
    'and keeps it in the file admin-token of its data folder.',
  ];
}

/** A remedy without what only leads to a part of the answer: what stands there has been said. */
function plain(remedy = ''): string {
  if (/^(Change|Correct) .*`(detail|validation_errors)`/.test(remedy)) return '';
  return remedy.replace(/,? (as|that) `detail` (says|names)/, '');
}

function describeFindings(source: SourceText, findings: readonly Finding[]): readonly string[] {
  const more = findings.length - SHOWN_FINDINGS;
  return [
    ...findings.slice(0, SHOWN_FINDINGS).flatMap((one) => describeFinding(source, one)),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
}

function placed({ text }: SourceText, findings: readonly Finding[]) {
  return findings.map(({ message, offset }) => ({
    message,
    ...(offset !== undefined && positionAt(text, offset)),
  }));
}

function failure(exitCode: ExitCode, error_code: string, detail: string, remedy = ''): Failure {
  return {
    exitCode,
    lines: [detail, remedy].filter((line) => line !== '').map(printable),
    document: { error_code, detail, ...(remedy !== '' && { remedy }) },
  };
}
