import type { NodeInput, TestEntryBody, TestSelect } from '@tenuto/contract';
import type { NamedCase } from '@tenuto/engine';

/** A suite of the catalogue with its id. */
export interface SuiteOf {
  readonly id: string;
  readonly body: TestEntryBody;
}

/** A case as `with` of an action says it. */
type CaseInput = Record<string, string>;

/** Text that stands for itself in `with`, where `${` would begin an expression. */
export function plainText(text: string): string {
  // A function, since `$$` in a replacement would mean a single `$`.
  return text.replaceAll('${', () => '$${');
}

export function caseInput({ name, classname, file }: Omit<NamedCase, 'suite'>): CaseInput {
  return {
    name: plainText(name),
    ...(classname !== '' && { classname: plainText(classname) }),
    ...(file !== null && { file: plainText(file) }),
  };
}

/** The case of an entry, as its runner reports it. */
export function registeredCase(id: string, body: TestEntryBody): CaseInput {
  const { name = id, classname = '', file = null } = body;
  return caseInput({ name, classname, file });
}

/** How the cases of a suite are selected, its defaults written out. */
export function selectOf({ select, pattern }: TestEntryBody): TestSelect | undefined {
  if (select === undefined || select.case !== undefined || pattern === undefined) return select;
  return { ...select, case: '{file}' };
}

/** Whether attempts side by side in one folder write reports of different names. */
export function hasOwnReport({ report = [] }: { readonly report?: unknown }): boolean {
  const patterns = [report].flat();
  return (
    patterns.length > 0 &&
    patterns.every((pattern) => typeof pattern === 'string' && pattern.includes('{attempt}'))
  );
}

/** `with` of a `test.run` that runs a suite, or some cases of it. */
export function suiteParameters(
  { id, body }: SuiteOf,
  more: Readonly<Record<string, unknown>> = {},
): NonNullable<NodeInput['with']> {
  const { command = [], folder, env, report = [], on_retry: onRetry } = body;
  const select = selectOf(body);
  return {
    command,
    ...(folder !== undefined && { cwd: folder }),
    ...(env !== undefined && { env }),
    report,
    suite: id,
    ...(select !== undefined && { select }),
    ...(onRetry !== undefined && { on_retry: onRetry }),
    ...more,
  };
}

/** A node that runs some cases of a suite, which are told as data. */
export function someCasesNode(
  suite: SuiteOf,
  cases: readonly Omit<NamedCase, 'suite'>[],
): NodeInput {
  return withTimeout(
    {
      ...{ id: suite.id, type: 'test_suite', test_suite_id: suite.id, uses: 'test.run' },
      with: suiteParameters(suite, { cases: cases.map(caseInput) }),
    },
    suite.body,
  );
}

/** The whole suite as one node. */
export function wholeSuiteNode(node: NodeInput, suite: SuiteOf): NodeInput {
  return withTimeout(testRunNode(node, suiteParameters(suite)), suite.body);
}

/** A case that brings its own command, or is selected from its suite's. */
export function caseNode(
  node: NodeInput,
  { id, body, suite }: SuiteOf & { readonly suite: SuiteOf | undefined },
): NodeInput {
  const isSelected = body.command === undefined && suite !== undefined;
  const { folder = suite?.body.folder, report = suite?.body.report } = body;
  const env = { ...suite?.body.env, ...body.env };
  const merged: TestEntryBody = {
    ...(isSelected ? suite.body : body),
    ...(folder !== undefined && { folder }),
    ...(report !== undefined && { report }),
    ...(Object.keys(env).length > 0 && { env }),
  };
  const cases = isSelected ? { cases: [registeredCase(id, body)] } : {};
  const parameters = suiteParameters({ id: suite?.id ?? id, body: merged }, cases);
  const made = withTimeout(testRunNode(node, parameters), body);
  return suite === undefined ? made : withTimeout({ ...made, test_suite_id: suite.id }, suite.body);
}

function testRunNode(
  { action_type: _, ...node }: NodeInput,
  parameters: NonNullable<NodeInput['with']>,
): NodeInput {
  return { ...node, uses: 'test.run', with: parameters };
}

function withTimeout(node: NodeInput, { timeout_seconds: seconds }: TestEntryBody): NodeInput {
  return node.timeout_seconds !== undefined || seconds === undefined
    ? node
    : { ...node, timeout_seconds: seconds };
}
