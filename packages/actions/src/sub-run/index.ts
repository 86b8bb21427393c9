import {
  type DagInput,
  EdgeSchema,
  LIMITS,
  NodeSchema,
  OrchestrationError,
} from '@tenuto/contract';
import type { ActionCall, ActionOutcome } from '@tenuto/engine';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { type ActionDefinition, refused } from '../action.ts';

/** A run to start on behalf of a node. Starting it again under the same key gives the same run. */
export interface SubRunRequest {
  readonly from:
    | { readonly dag: DagInput }
    | { readonly template: string; readonly version?: number };
  readonly params: ActionCall['with'];
  /** Absent: the template's, or the node's id. */
  readonly name: string | undefined;
  readonly owner: string;
  readonly parentRun: string;
  readonly parentNode: string;
  readonly idempotencyKey: string;
}

const PARAMETERS = Type.Object(
  {
    dag_definition: Type.Optional(
      Type.Object(
        {
          nodes: Type.Array(NodeSchema, { minItems: 1, maxItems: LIMITS.planNodes }),
          edges: Type.Optional(Type.Array(EdgeSchema, { maxItems: LIMITS.planEdges })),
        },
        { additionalProperties: false },
      ),
    ),
    template: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: LIMITS.jobNameChars,
        description: 'In place of a graph: the name of a template.',
      }),
    ),
    template_version: Type.Optional(Type.Integer({ minimum: 1 })),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.jobNameChars })),
    params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    wait: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/**
 * `run.start`: starts a run from an inline graph or a template and waits for its end, unless `wait`
 * is false.
 * @param start submits the run and gives its id; throws OrchestrationError when it is refused
 */
export function runStart(start: (request: SubRunRequest) => Promise<string>): ActionDefinition {
  const parameters = Compile(PARAMETERS);
  return {
    name: 'run.start',
    description: 'Starts a run from an inline graph or a template and waits for it.',
    parameters: PARAMETERS,
    async run(call): Promise<ActionOutcome> {
      const given = parameters.Parse(call.with);
      const from = sourceOf(given);
      if (from === undefined) return refused('invalid_parameters', ONE_SOURCE);
      const { name, params, wait } = given;
      try {
        const runId = await start({
          from,
          params: (params ?? {}) as ActionCall['with'],
          name,
          parentNode: call.nodeId,
          owner: call.owner,
          parentRun: call.runId,
          idempotencyKey: call.idempotencyKey,
        });
        call.log('system', `started run ${runId}`);
        return wait === false
          ? { status: 'completed', output: { run_id: runId } }
          : { status: 'waiting', wait: { kind: 'run', runId } };
      } catch (error) {
        return startFailed(error);
      }
    },
  };
}

const ONE_SOURCE = 'Give dag_definition or template, and not both.';

function sourceOf({
  dag_definition: dag,
  template,
  template_version: version,
}: Static<typeof PARAMETERS>): SubRunRequest['from'] | undefined {
  if ((dag === undefined) === (template === undefined)) return undefined;
  if (template !== undefined) return { template, ...(version !== undefined && { version }) };
  return version === undefined && dag !== undefined ? { dag } : undefined;
}

function startFailed(error: unknown): ActionOutcome {
  if (!(error instanceof OrchestrationError)) throw error;
  if (error.status < 500) return refused(error.code, error.message);
  const { retryAfterSeconds } = error;
  return {
    status: 'failed',
    error: {
      classification: 'transient',
      type: error.code,
      message: error.message,
      ...(retryAfterSeconds !== undefined && { retryAfterMs: retryAfterSeconds * 1000 }),
    },
  };
}
