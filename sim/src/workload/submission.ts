import type { Plan, Submission } from '@tenuto/engine';
import type { Dice } from '../dice.ts';
import { EPOCH_MS } from '../world.ts';
import { drawPolicy } from './policy.ts';
import type { Shape } from './shape.ts';

const NO_LIMIT_MS = 3_600_000;

/** What a run is submitted with; drawn by its name, so that a retry of the request is the same. */
export function submissionOf(
  dice: Dice,
  { parts, troubledMs }: Shape,
  of: {
    readonly name: string;
    readonly plan: Plan;
    readonly key?: string;
    readonly parentRun?: string;
  },
): Submission {
  const { name, plan, key, parentRun } = of;
  return {
    plan,
    input: {
      params: { n: dice.int(0, 9), items: Array.from({ length: dice.int(0, 4) }, (_, i) => i) },
      maxConcurrentNodes: dice.int(1, 5),
      failFast: dice.chance(parts.failFast),
      timeoutMs: dice.chance(parts.runTimeouts) ? dice.pick([300, 2_000, 8_000]) : NO_LIMIT_MS,
      ...(dice.chance(parts.policies) && { recovery: drawPolicy(dice.fork('policy')) }),
    },
    owner: dice.pick(['ada', 'bob', 'eve']),
    triggeredBy: 'sim',
    name,
    jobType: 'dag',
    kind: 'job',
    priority: dice.int(1, 10),
    metadata: { keyed: key !== undefined },
    ...(parentRun !== undefined && { parentRun }),
    ...(dice.chance(parts.scheduled) && {
      scheduledAt: Math.round(EPOCH_MS + dice.between(0, troubledMs * 1.5)),
    }),
    ...(key !== undefined && { idempotency: { key, requestHash: new Uint8Array(32) } }),
    audit: { actor: 'sim', action: 'job.created', subject: '', details: {} },
  };
}
