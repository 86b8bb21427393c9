/** What a node says of its own failure: whom it is guarded from, what takes its place, what undoes it. */
import type { Json, JsonObject, NodeInput } from '@tenuto/contract';
import {
  compileTemplate,
  type References,
  type Scope,
  type Template,
} from '../expression/index.ts';
import type { RetryPolicy } from '../retry/index.ts';
import type { ActionSpec, NodeSpec } from './plan.ts';
import { attempt, noteSecrets, type SpecContext, withSecrets } from './spec-context.ts';

interface Place {
  readonly node: NodeInput;
  readonly index: number;
  readonly path: string;
  readonly scope: Scope;
  /** What its expressions read is added here. */
  readonly reads: References[];
}

type RecoverySpec = Pick<
  NodeSpec,
  'heartbeatMs' | 'guarded' | 'circuitKey' | 'fallback' | 'rollback' | 'onAmbiguous' | 'probe'
>;

export function compileRecovery(
  context: SpecContext,
  place: Place & { readonly retry: RetryPolicy },
): RecoverySpec {
  const { node, retry } = place;
  const { heartbeat_seconds: heartbeat, circuit_key: key, on_ambiguous: ambiguous } = node;
  const probe = typeof ambiguous === 'object' ? ambiguous.probe : undefined;
  return {
    heartbeatMs: heartbeat === undefined ? undefined : heartbeat * 1000,
    guarded: key !== undefined || retry.strategy === 'circuit_breaker',
    circuitKey: key === undefined ? undefined : templateOf(context, place, 'circuit_key', { key }),
    fallback: sideAction(context, place, 'fallback', node.fallback),
    rollback: sideAction(context, place, 'rollback', node.rollback),
    onAmbiguous: typeof ambiguous === 'string' ? ambiguous : undefined,
    probe: sideAction(context, place, 'on_ambiguous/probe', probe),
  };
}

/** An action that a node names besides its own: in its place, against it, or to look after it. */
function sideAction(
  context: SpecContext,
  place: Place,
  field: 'fallback' | 'rollback' | 'on_ambiguous/probe',
  written: NodeInput['fallback'],
): ActionSpec | undefined {
  if (written === undefined) return undefined;
  const wrong = context.checkAction(written.uses);
  if (wrong !== undefined) {
    context.problems.add(`${place.path}/${field}/uses`, wrong, written.uses);
  }
  const parameters = (written.with ?? {}) as Json as JsonObject;
  const scope = withSecrets(place.scope);
  const template = templateOf(context, { ...place, scope }, `${field}/with`, parameters);
  if (template === undefined) return undefined;
  const path = `${place.path}/${field}/with`;
  noteSecrets(context, { uses: written.uses, template, parameters, scope, path });
  return { uses: written.uses, with: template };
}

function templateOf(
  context: SpecContext,
  { index, scope, reads }: Place,
  field: string,
  value: JsonObject,
): Template | undefined {
  const template = attempt(context, index, field, () => compileTemplate(value, scope));
  if (template !== undefined && !template.isConstant) reads.push(template.references);
  return template;
}
