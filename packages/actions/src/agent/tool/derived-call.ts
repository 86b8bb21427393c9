import type { JsonObject } from '@tenuto/contract';
import type { ActionCall } from '@tenuto/engine';
import type { ToolUse } from './agent-tool.ts';

/** The call of another action on behalf of an agent: in its name, and for as long as it works. */
export function derivedCall(
  { session: { call }, key }: ToolUse,
  {
    uses,
    input,
    signal = call.signal,
  }: { readonly uses: string; readonly input: JsonObject; readonly signal?: AbortSignal },
): ActionCall {
  const { runId, nodeId, node, attempt, earlierAttempts, owner, startedAt, graceMs } = call;
  return {
    ...{ runId, nodeId, attempt, earlierAttempts, owner, startedAt, graceMs },
    ...(node !== undefined && { node }),
    ...{ uses, with: input, idempotencyKey: key, signal },
    heartbeat: () => call.heartbeat(),
    log: (stream, text) => call.log(stream, text),
  };
}
