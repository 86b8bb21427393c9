import {
  type DagInput,
  OrchestrationError,
  PlanError,
  type SubmitJob,
  type ValidationError,
} from '@tenuto/contract';
import type { CatalogueStore } from '@tenuto/engine';
import { expandTests } from './test-expansion.ts';

/** The graph of a job, with the way back from a place in it to one in the body. */
export interface JobGraph {
  readonly dag: DagInput;
  placeOf(path: string): string;
}

/**
 * The graph that a job is given, or that the tests it names make up.
 *
 * @param owner whose job it will be: its tests are looked up in the owner's catalogue
 * @throws OrchestrationError 400 for a job with neither or both, PlanError as `expandTests`
 */
export async function jobGraph(
  catalogue: CatalogueStore,
  owner: string,
  body: SubmitJob,
): Promise<JobGraph> {
  const written = body.dag_definition === undefined ? testGraph(body) : givenGraph(body);
  try {
    const { dag, placeOf } = await expandTests(catalogue, owner, written.dag);
    return { dag, placeOf: (path) => written.placeOf(placeOf(path)) };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    throw new PlanError(
      error.message,
      error.validationErrors.map((one) => ({ ...one, path: written.placeOf(one.path) })),
    );
  }
}

function givenGraph({
  dag_definition: dag = { nodes: [] },
  test_suite_id: suiteId,
  test_case_ids: caseIds,
}: SubmitJob): JobGraph {
  const both = [
    ...(suiteId === undefined ? [] : ['/test_suite_id']),
    ...(caseIds === undefined ? [] : ['/test_case_ids']),
  ];
  refuse(both.map((path) => ({ path, message: 'goes in place of a dag_definition' })));
  return { dag, placeOf: (path) => `/dag_definition${path}` };
}

function testGraph({ test_suite_id: suiteId, test_case_ids: caseIds }: SubmitJob): JobGraph {
  if (suiteId !== undefined) {
    const suite = { id: suiteId, type: 'test_suite', test_suite_id: suiteId } as const;
    const cases = caseIds && { test_case_ids: caseIds };
    const placeOf = (path: string) =>
      /^\/nodes\/0(\/test_case_ids(\/\d+)?)/.exec(path)?.[1] ?? '/test_suite_id';
    return { dag: { nodes: [{ ...suite, ...cases }] }, placeOf };
  }
  if (caseIds === undefined) refuse([{ path: '/dag_definition', message: 'is required' }]);
  const nodes = [...new Set(caseIds)].map(
    (id) => ({ id, type: 'test_case', test_case_id: id }) as const,
  );
  const placeOf = (path: string) => {
    const [, , node] = path.split('/');
    return node === undefined ? '/test_case_ids' : `/test_case_ids/${node}`;
  };
  return { dag: { nodes }, placeOf };
}

function refuse(problems: readonly ValidationError[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const detail = `${first.path} ${first.message}`;
  throw new OrchestrationError('validation_failed', detail, { validationErrors: problems });
}
