import {
  OrchestrationError,
  type TestEntryBody,
  type TestSelect,
  type ValidationError,
} from '@tenuto/contract';
import type { CatalogueStore } from '@tenuto/engine';

/** Fields that only one kind of entry has. */
const SUITE_ONLY = ['pattern', 'select', 'shards', 'on_retry'] as const;
const CASE_ONLY = ['suite_id', 'classname', 'name', 'file'] as const;

/**
 * Checks what a schema cannot: that an entry can be run.
 * @throws OrchestrationError 422 that names every field which is wrong
 */
export async function checkEntry(
  catalogue: CatalogueStore,
  owner: string,
  { id, body }: { readonly id: string; readonly body: TestEntryBody },
): Promise<void> {
  const problems = body.kind === 'suite' ? suiteProblems(body) : caseProblems(body);
  if (body.suite_id !== undefined && problems.length === 0) {
    const [suite] = await catalogue.entries(owner, [body.suite_id]);
    problems.push(...membershipProblems(body, body.suite_id === id ? undefined : suite?.body));
  }
  const [first] = problems;
  if (first === undefined) return;
  const detail = `${first.path} ${first.message}.`;
  throw new OrchestrationError('unprocessable', detail, { validationErrors: problems });
}

function suiteProblems(body: TestEntryBody): ValidationError[] {
  const problems = strangers(body, CASE_ONLY, 'case');
  const add = (path: string, message: string) => problems.push({ path, message });
  const { command, report, pattern, select, shards, on_retry: onRetry } = body;
  if (command !== undefined && report === undefined) {
    add('/report', 'is required: where does the command write its JUnit XML');
  }
  if (command === undefined) {
    for (const field of ['report', ...SUITE_ONLY] as const) {
      if (body[field] !== undefined) add(`/${field}`, 'goes with a command, which is missing');
    }
    return problems;
  }
  if (select === undefined) {
    const needs = { pattern, shards, on_retry: onRetry === 'failed' ? onRetry : undefined };
    for (const [field, value] of Object.entries(needs)) {
      if (value !== undefined) add(`/${field}`, 'needs select: how are cases selected');
    }
    return problems;
  }
  if ((shards ?? 1) > 1 && ![report ?? ''].flat().every((one) => one.includes('{attempt}'))) {
    add('/report', 'must hold {attempt}, lest shards write over each other');
  }
  if (pattern !== undefined && !(select.case ?? '{file}').includes('{file}')) {
    add('/select/case', 'must name {file}, since the pattern finds files');
  }
  return [...problems, ...selectProblems(select)];
}

function selectProblems(select: TestSelect): ValidationError[] {
  return (['case_args', 'skip_args'] as const).flatMap((field) => {
    const all = select[field]?.join('\0');
    if (all === undefined || all.includes('{case}') !== all.includes('{cases}')) return [];
    const message = 'must hold {case} (given once for each) or {cases} (all of them joined)';
    return [{ path: `/select/${field}`, message }];
  });
}

function caseProblems(body: TestEntryBody): ValidationError[] {
  const problems = strangers(body, SUITE_ONLY, 'suite');
  if (body.command === undefined && body.suite_id === undefined) {
    problems.push({ path: '/command', message: 'is required where there is no suite_id' });
  }
  if (body.command !== undefined && body.report === undefined && body.suite_id === undefined) {
    problems.push({ path: '/report', message: 'is required with a command of its own' });
  }
  return problems;
}

function strangers(
  body: TestEntryBody,
  fields: readonly (keyof TestEntryBody)[],
  kind: string,
): ValidationError[] {
  return fields
    .filter((field) => body[field] !== undefined)
    .map((field) => ({ path: `/${field}`, message: `goes with a ${kind} only` }));
}

function membershipProblems(
  body: TestEntryBody,
  suite: TestEntryBody | undefined,
): ValidationError[] {
  if (suite?.kind !== 'suite') {
    return [{ path: '/suite_id', message: 'is not the id of a suite in the catalogue' }];
  }
  if (body.command !== undefined) {
    if (body.report !== undefined || suite.report !== undefined) return [];
    return [{ path: '/report', message: 'is required, since the suite has none' }];
  }
  if (suite.command === undefined) {
    return [{ path: '/command', message: 'is required, since the suite has none' }];
  }
  if (suite.select === undefined) {
    const message = 'is that of a suite that cannot select cases: give it select';
    return [{ path: '/suite_id', message }];
  }
  return [];
}
