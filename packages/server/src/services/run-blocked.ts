import { type JsonObject, OrchestrationError, type RunPhase } from '@tenuto/contract';
import { type Access, gatesOf, type RunRecord } from '@tenuto/engine';
import { findNode, viewOf } from './node-find.ts';
import type { JobParts } from './services.ts';

/** A phase was executed, and a gate does not let it pass. */
export class GateBlockedError extends OrchestrationError {
  /** What all gates of the phase have come to. */
  readonly gates: readonly JsonObject[];

  constructor(runId: string, blocked: readonly RunPhase[], gates: readonly JsonObject[]) {
    const which = blocked.map(({ phase }) => phase).join(', ');
    const validationErrors = gates
      .filter(({ passed, skipped }) => passed !== true && skipped !== true)
      .map(({ phase, id, message, remediation }) => ({
        path: `/phases/${String(phase)}/gates/${String(id)}`,
        message: [message, remediation].filter((text) => typeof text === 'string').join(' '),
      }));
    const detail = `Gates have blocked the phase ${which}: ${validationErrors.map(({ message }) => message).join(' ')}`;
    super('gate_blocked', detail.slice(0, MOST_CHARS), { runId, validationErrors });
    this.gates = gates;
  }
}

const MOST_CHARS = 2_000;

/** The results of the gates of phases that were blocked, each with its phase. */
export async function gatesOfBlocked(
  parts: JobParts,
  access: Access,
  run: RunRecord,
  blocked: readonly RunPhase[],
): Promise<readonly JsonObject[]> {
  const viewed = await viewOf(parts, access, run);
  const nodes = blocked.map(({ phase }) => findNode(viewed, gatesOf(phase)).index);
  const records = await parts.jobs.nodes(access, { runId: run.runId, nodes });
  return blocked.flatMap(({ phase }, i) => {
    const output = records.get(nodes[i] ?? -1)?.output;
    const gates = isObject(output) ? output.gates : undefined;
    return Array.isArray(gates) ? gates.filter(isObject).map((gate) => ({ phase, ...gate })) : [];
  });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
