import {
  type DagInput,
  EdgeSchema,
  LIMITS,
  NodeSchema,
  OrchestrationError,
} from '@tenuto/contract';
import type { ActionCall, ActionOutcome } from '@tenuto/engine';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { type ActionDefinition, refused } from '../action.ts';

/** A run to start on behalf of a node. Starting it again under the same key gives the same run. */
export interface SubRunRequest {
  readonly dag: DagInput;
  readonly params: ActionCall['with'];
  readonly name: string;
  readonly owner: string;
  readonly parentRun: string;
  readonly idempotencyKey: string;
}

const PARAMETERS = Type.Object(
  {
    dag_definition: Type.Object(
      {
        nodes: Type.Array(NodeSchema, { minItems: 1, maxItems: LIMITS.planNodes }),
        edges: Type.Optional(Type.Array(EdgeSchema, { maxItems: LIMITS.planEdges })),
      },
      { additionalProperties: false },
    ),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: LIMITS.jobNameChars })),
    params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    wait: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/**
 * `run.start`: starts a run from an inline graph and waits for its end, unless `wait` is false.
 * @param start submits the run and gives its id; throws OrchestrationError when it is refused
 */
export function runStart(start: (request: SubRunRequest) => Promise<string>): ActionDefinition {
  const parameters = Compile(PARAMETERS);
  return {
    name: 'run.start',
    description: 'Starts a run from an inline graph and waits for it.',
    parameters: PARAMETERS,
    async run(call): Promise<ActionOutcome> {
      const { dag_definition: dag, name, params, wait } = parameters.Parse(call.with);
      try {
        const runId = await start({
          dag,
          params: (params ?? {}) as ActionCall['with'],
          name: name ?? call.nodeId.slice(0, LIMITS.jobNameChars),
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
