/** Reads the number that a gate is about from the reports in a workspace. */
import { type Gate, matchesGlob } from '@tenuto/contract';
import {
  atPointer,
  type EvidenceFor,
  readLcov,
  type Workspace,
  WorkspaceError,
  type WorkspaceFile,
} from '@tenuto/engine';
import { readReports } from '../test-report/read-reports.ts';
import { addCounts, NO_TESTS, type TestReport } from '../test-report/report.ts';
import { CHECK_LIMITS } from './check-limits.ts';

type MetricGate = Extract<Gate, { type: 'metric' }>;
type Found = EvidenceFor<'metric'>;

interface Source {
  readonly workspace: Pick<Workspace, 'read'>;
  readonly files: readonly WorkspaceFile[];
  readonly signal: AbortSignal;
}

/** @throws WorkspaceError when the workspace as a whole cannot be read */
export async function readMetric(gate: MetricGate, source: Source): Promise<Found> {
  const matches = (path: string) => matchesGlob(gate.path, path);
  const files = source.files.filter(({ path }) => matches(path));
  const [first, second] = files;
  if (first === undefined)
    return { problem: `No file matches ${gate.path}, so there is no number.` };
  if (gate.format === 'json' && second !== undefined) {
    return { problem: `${files.length} files match ${gate.path}: name one.` };
  }
  if (files.length > CHECK_LIMITS.reports) {
    return { problem: `More than ${CHECK_LIMITS.reports} reports match ${gate.path}.` };
  }
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (total > CHECK_LIMITS.reportBytes) {
    return {
      problem: `The reports at ${gate.path} have more than ${CHECK_LIMITS.reportBytes} bytes.`,
    };
  }
  const bytes = [];
  for (const { path } of files) {
    const read = await readReport(source.workspace, path);
    if ('problem' in read) return read;
    bytes.push(read.bytes);
  }
  const value = await numberOf(gate, bytes, source.signal);
  return typeof value === 'number' ? { path: pathOf(files, gate), value } : value;
}

function pathOf(files: readonly WorkspaceFile[], { path }: MetricGate): string {
  return files.length === 1 ? (files[0]?.path ?? path) : path;
}

async function readReport(
  workspace: Pick<Workspace, 'read'>,
  path: string,
): Promise<{ readonly bytes: Uint8Array } | { readonly problem: string }> {
  try {
    return { bytes: await workspace.read(path, { maxBytes: CHECK_LIMITS.reportBytes }) };
  } catch (error) {
    if (!(error instanceof WorkspaceError) || error.kind === 'unavailable') throw error;
    return { problem: `${path} cannot be read: ${error.message}` };
  }
}

type Value = number | { readonly problem: string };

async function numberOf(
  gate: MetricGate,
  bytes: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<Value> {
  switch (gate.format) {
    case 'json':
      return jsonValue(gate, bytes[0] ?? new Uint8Array());
    case 'lcov':
      return lcovValue(gate, bytes);
    case 'junit':
      return junitValue(gate, bytes, signal);
  }
}

function jsonValue({ path, field }: MetricGate, bytes: Uint8Array): Value {
  let document: unknown;
  try {
    document = JSON.parse(decode(bytes));
  } catch {
    return { problem: `${path} is no JSON.` };
  }
  const value = atPointer(document, field);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const what = value === undefined ? 'is not there' : 'is no number';
  return { problem: `${field === '' ? 'The value' : field} ${what} in ${path}.` };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}

function lcovValue({ path, field }: MetricGate, bytes: readonly Uint8Array[]): Value {
  const summary = readLcov(bytes.map(decode).join('\n'));
  if (summary === undefined) return { problem: `${path} holds no record of lcov.` };
  const value = new Map(Object.entries(summary)).get(field);
  return value ?? { problem: `lcov has no field ${field}.` };
}

async function junitValue(
  { path, field }: MetricGate,
  bytes: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<Value> {
  const reports: TestReport[] = [];
  for (const read of await readReports(bytes, signal)) {
    if ('problem' in read) {
      return { problem: `${path} is no JUnit report: ${read.message} (line ${read.line})` };
    }
    reports.push(read.report);
  }
  const value = new Map(Object.entries(testNumbers(reports))).get(field);
  return value ?? { problem: `JUnit has no field ${field}.` };
}

/** Without a test that was run, nothing has passed. */
function testNumbers(reports: readonly TestReport[]) {
  const counts = reports.map((report) => report.counts).reduce(addCounts, NO_TESTS);
  const run = counts.total - counts.skipped;
  return {
    tests: counts.total,
    passed: counts.passed,
    failed: counts.failed + counts.errors,
    skipped: counts.skipped,
    pass_rate: run === 0 ? 0 : counts.passed / run,
    duration_seconds: reports.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0),
  };
}
