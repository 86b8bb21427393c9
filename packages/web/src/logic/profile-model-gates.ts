/** Gates of a profile: what they begin with, and what is left when one becomes one of another type. */
import type { Gate, GateType, Json, JsonObject } from '@tenuto/contract';
import { isObject, without } from './json-place.ts';

const GATE_IDS: Readonly<Record<GateType, string>> = {
  artifact_required: 'files',
  artifact_pattern: 'content',
  metric: 'metric',
  command: 'command',
  no_secrets: 'no_secrets',
  max_cost: 'cost',
  approval: 'approval',
  expression: 'expression',
};

/** What a gate of each type begins with; what only its author knows is left out, and asked for. */
function firstFields(type: GateType, phase: string): JsonObject {
  const path = `artifacts/${phase === '' ? '*' : phase}/*`;
  switch (type) {
    case 'artifact_required':
    case 'artifact_pattern':
      return { path };
    case 'metric':
      return {
        path: 'reports/*.xml',
        format: 'junit',
        field: 'pass_rate',
        operator: '==',
        threshold: 1,
      };
    case 'max_cost':
      return { usd: 1 };
    default:
      return {};
  }
}

/** A gate as it is added to the phase of an id. */
export function gateOf(phase: string, type: GateType): JsonObject {
  return { id: GATE_IDS[type], type, ...firstFields(type, phase) };
}

/** Fields that gates of each type have beside those that all have. */
const GATE_FIELDS: Readonly<Record<GateType, readonly string[]>> = {
  artifact_required: ['path', 'min_count'],
  artifact_pattern: ['path', 'pattern', 'must'],
  metric: ['path', 'format', 'field', 'operator', 'threshold'],
  command: ['command', 'timeout_seconds'],
  no_secrets: ['path'],
  max_cost: ['usd', 'scope'],
  approval: ['approvers', 'required', 'deadline_seconds', 'on_deadline', 'message'],
  expression: ['expression'],
} satisfies { [T in GateType]: readonly (keyof Extract<Gate, { type: T }>)[] };

/** The same gate as one of another type: without fields that only other types have. */
export function asType(gate: Json | undefined, type: GateType): Json | undefined {
  if (!isObject(gate)) return gate;
  const own = GATE_FIELDS[type];
  const foreign = Object.values(GATE_FIELDS)
    .flat()
    .filter((name) => !own.includes(name));
  const { id, ...kept } = without(gate, ...foreign);
  const first = firstFields(type, '');
  return { ...(id !== undefined && { id }), ...first, ...kept, type };
}
