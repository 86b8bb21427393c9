import { glob, open, realpath, rm, stat } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { isWithin } from '../command/folder.ts';
import { Refusal } from '../command/refusal.ts';
import { errorCode, rethrowMachineTrouble } from '../system-error.ts';
import { XML_BYTES } from './xml-text.ts';

/** A pattern that finds more has found something else than reports. */
const FILES = 2_000;

/** Report files by their path as found, each with what tells one version of it from another. */
export type FoundReports = ReadonlyMap<string, FoundReport>;

interface FoundReport {
  readonly realPath: string;
  readonly version: string;
}

interface ReportSearch {
  /** Real path of the command's working folder. */
  readonly cwd: string;
  /** Real path of the folder that no report may lie outside of. */
  readonly root: string | undefined;
  /** Paths or globs relative to the working folder. */
  readonly patterns: readonly string[];
}

/**
 * Finds the report files that exist at this moment.
 *
 * @throws {Refusal} when a pattern leaves the working folder, or finds far too much
 */
export async function findReports(
  { cwd, root, patterns }: ReportSearch,
  signal: AbortSignal,
): Promise<FoundReports> {
  const found = new Map<string, FoundReport>();
  // Two patterns, or a link, may lead to the same file, which is still one report.
  const seen = new Set<string>();
  for (const pattern of patterns) {
    if (isAbsolute(pattern) || pattern.split(/[/\\]/).includes('..') || pattern.includes('\0')) {
      throw new Refusal(
        'invalid_parameters',
        '`report` must be paths or patterns below the working folder.',
      );
    }
    for await (const path of glob(pattern, { cwd })) {
      signal.throwIfAborted();
      const report = await describe(resolve(cwd, path), root);
      if (report === undefined || seen.has(report.realPath)) continue;
      seen.add(report.realPath);
      found.set(path, report);
      if (found.size > FILES) {
        throw new Refusal('too_many_reports', `\`report\` finds more than ${FILES} files.`);
      }
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function describe(path: string, root: string | undefined): Promise<FoundReport | undefined> {
  try {
    const realPath = await realpath(path);
    const file = await stat(realPath, { bigint: true });
    // A link to somewhere else would hand out files that commands are kept away from.
    if (!file.isFile() || (root !== undefined && !isWithin(root, realPath))) return undefined;
    const { dev, ino, size, mtimeNs, ctimeNs } = file;
    const version = [dev, ino, size, mtimeNs, ctimeNs].join(' ');
    return { realPath, version };
  } catch (error) {
    rethrowMachineTrouble(error);
    // It vanished between being found and being looked at.
    return undefined;
  }
}

export interface ReportFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * Those of the files that were written since an earlier look, which no clock can falsify: neither
 * the file system's coarse one nor the one of another machine.
 */
export function writtenSince(before: FoundReports, now: FoundReports): FoundReports {
  return new Map([...now].filter(([path, { version }]) => before.get(path)?.version !== version));
}

/**
 * Reads report files, all of them together no larger than one may be.
 *
 * @throws {Refusal} when they are larger, or one cannot be read
 * @throws {NodeJS.ErrnoException} when the machine is in trouble, and the file perhaps is not
 */
export async function readFiles(reports: FoundReports): Promise<readonly ReportFile[]> {
  const files: ReportFile[] = [];
  let leftBytes = XML_BYTES;
  for (const [path, { realPath }] of reports) {
    const bytes = await readFile(realPath, path, leftBytes);
    leftBytes -= bytes.byteLength;
    files.push({ path, bytes });
  }
  return files;
}

/** Removes files that were read and are of no use to anybody else. */
export async function removeFiles(reports: FoundReports): Promise<void> {
  await Promise.all([...reports.values()].map(({ realPath }) => rm(realPath, { force: true })));
}

async function readFile(realPath: string, path: string, limitBytes: number): Promise<Uint8Array> {
  try {
    const file = await open(realPath);
    try {
      const { size } = await file.stat();
      if (size <= limitBytes) return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    rethrowMachineTrouble(error);
    const code = errorCode(error) || 'unknown reason';
    throw new Refusal('report_unreadable', `The report ${path} cannot be read: ${code}.`);
  }
  const message = `The reports are larger than ${XML_BYTES} bytes altogether: write fewer or smaller ones.`;
  throw new Refusal('report_too_large', message);
}
