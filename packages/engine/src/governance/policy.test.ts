import type { Gate, GovernancePolicy } from '@tenuto/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeGates } from './merge-gates.ts';
import { allowsModel, mergePolicies } from './policy.ts';

const common = {
  id: fc.constantFrom('a', 'b', 'c'),
  severity: fc.option(fc.constantFrom('error' as const, 'warning' as const), { nil: undefined }),
  weight: fc.option(fc.double({ min: 0.1, max: 10, noNaN: true }), { nil: undefined }),
};
const whole = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });
const metricGate = fc.record({
  ...common,
  type: fc.constant('metric' as const),
  path: fc.constantFrom('r.json', 's.json'),
  format: fc.constant('json' as const),
  field: fc.constant('/x'),
  operator: fc.constantFrom('<', '<=', '==', '!=', '>=', '>'),
  threshold: fc.integer({ min: 0, max: 5 }),
});
const anyGate: fc.Arbitrary<Gate> = fc
  .oneof(
    metricGate,
    fc.record({
      ...{ ...common, type: fc.constant('artifact_required' as const) },
      ...{ path: fc.constantFrom('x', 'y'), min_count: whole(4) },
    }),
    fc.record({
      ...{ ...common, type: fc.constant('max_cost' as const), usd: fc.integer({ min: 0, max: 9 }) },
      scope: fc.option(fc.constantFrom('phase' as const, 'run' as const), { nil: undefined }),
    }),
    fc.record({
      ...{ ...common, type: fc.constant('approval' as const), required: whole(3) },
      deadline_seconds: whole(100),
      on_deadline: fc.option(fc.constantFrom('approve' as const, 'reject' as const), {
        nil: undefined,
      }),
    }),
  )
  .map((gate) => withoutUnsaid<Gate>(gate));

/** A field that is not said is not there. */
function withoutUnsaid<Wanted>(of: object): Wanted {
  return JSON.parse(JSON.stringify(of));
}

/** Gates of one source have ids of their own. */
const gatesOf = fc.uniqueArray(anyGate, { selector: ({ id }) => id, maxLength: 3 });
const someNumber = fc.option(fc.integer({ min: 0, max: 10 }), { nil: undefined });
const aPolicy: fc.Arbitrary<GovernancePolicy> = fc
  .record({
    gates: fc.option(gatesOf, { nil: undefined }),
    min_governance_score: someNumber,
    min_hygiene_score: someNumber,
    max_cost_usd: someNumber,
    allow_skip_validation: fc.option(fc.boolean(), { nil: undefined }),
    allowed_models: fc.option(
      fc.subarray(['a/x', 'a/y', 'b/z', 'a/*', '*', 'b/*'], { minLength: 1 }),
      { nil: undefined },
    ),
  })
  .map((policy) => withoutUnsaid<GovernancePolicy>(policy));

/** Whether whatever passes `strict` passes `loose` as well. */
function isAsStrict(strict: Gate, loose: Gate): boolean {
  if (strict.type !== loose.type) return false;
  if (loose.severity !== 'warning' && strict.severity === 'warning') return false;
  if ((strict.weight ?? 1) < (loose.weight ?? 1)) return false;
  if (strict.type === 'metric' && loose.type === 'metric') {
    if (strict.path !== loose.path) return false;
    const values = Array.from({ length: 25 }, (_, i) => i / 2 - 3);
    return values.every((value) => !holds(value, strict) || holds(value, loose));
  }
  if (strict.type === 'artifact_required' && loose.type === 'artifact_required') {
    return strict.path === loose.path && (strict.min_count ?? 1) >= (loose.min_count ?? 1);
  }
  if (strict.type === 'max_cost' && loose.type === 'max_cost') {
    return (strict.scope ?? 'phase') === (loose.scope ?? 'phase') && strict.usd <= loose.usd;
  }
  if (strict.type === 'approval' && loose.type === 'approval') {
    return (
      (strict.required ?? 1) >= (loose.required ?? 1) &&
      (strict.on_deadline !== 'approve' || loose.on_deadline === 'approve') &&
      (strict.deadline_seconds ?? Infinity) <= (loose.deadline_seconds ?? Infinity)
    );
  }
  return false;
}

function holds(value: number, { operator, threshold }: Extract<Gate, { type: 'metric' }>): boolean {
  switch (operator) {
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
    case '==':
      return value === threshold;
    case '!=':
      return value !== threshold;
    case '>=':
      return value >= threshold;
    case '>':
      return value > threshold;
  }
}

const covers = (strict: readonly Gate[], loose: readonly Gate[]) =>
  loose.every((gate) => strict.some((other) => isAsStrict(other, gate)));

describe('gates of two sources', () => {
  it('are never weaker than either', () => {
    fc.assert(
      fc.property(gatesOf, gatesOf, (a, b) => {
        const merged = mergeGates(a, b);
        expect(covers(merged, a)).toBe(true);
        expect(covers(merged, b)).toBe(true);
        expect(new Set(merged.map(({ id }) => id)).size).toBe(merged.length);
      }),
    );
  });

  it('are as strict in either order', () => {
    fc.assert(
      fc.property(gatesOf, gatesOf, (a, b) => {
        const [one, other] = [mergeGates(a, b), mergeGates(b, a)];
        expect(covers(one, other) && covers(other, one)).toBe(true);
      }),
    );
  });

  it('are the same when merged again', () => {
    fc.assert(
      fc.property(gatesOf, gatesOf, (a, b) => {
        const merged = mergeGates(a, b);
        expect(mergeGates(a, a)).toEqual(a);
        expect(mergeGates(merged, b)).toEqual(merged);
        expect(mergeGates(merged, a)).toEqual(merged);
        expect(mergeGates(merged, merged)).toEqual(merged);
      }),
    );
  });

  it('that differ in what they look at both stay', () => {
    const gate = (path: string): Gate => ({ id: 'x', type: 'artifact_required', path });
    expect(mergeGates([gate('a')], [gate('b')])).toEqual([gate('a'), { ...gate('b'), id: 'x.2' }]);
  });
});

describe('two policies', () => {
  it('make one that is as strict as both, in either order, and the same when merged again', () => {
    fc.assert(
      fc.property(aPolicy, aPolicy, (a, b) => {
        const [one, other] = [mergePolicies(a, b), mergePolicies(b, a)];
        for (const merged of [one, other]) {
          for (const policy of [a, b]) expect(isAsStrictAs(merged, policy)).toBe(true);
        }
        expect(isAsStrictAs(one, other) && isAsStrictAs(other, one)).toBe(true);
        expect(mergePolicies(one, b)).toEqual(one);
        expect(mergePolicies(one, a)).toEqual(one);
        expect(mergePolicies(a, {})).toEqual(a);
        expect(mergePolicies({}, a)).toEqual(a);
      }),
    );
  });

  it('allow the models that both allow', () => {
    const merged = mergePolicies(
      { allowed_models: ['anthropic/*', 'openai/gpt-5'] },
      { allowed_models: ['anthropic/claude-*', 'openai/*', 'google/x'] },
    );
    const allowed = ['anthropic/claude-sonnet', 'openai/gpt-5'];
    for (const model of allowed) expect(allowsModel(merged, model)).toBe(true);
    for (const model of ['anthropic/other', 'openai/gpt-4', 'google/x']) {
      expect(allowsModel(merged, model)).toBe(false);
    }
    const none = mergePolicies({ allowed_models: ['a/x'] }, { allowed_models: ['b/x'] });
    expect(allowsModel(none, 'a/x')).toBe(false);
    expect(allowsModel({}, 'a/x')).toBe(true);
  });
});

const MODELS = ['a/x', 'a/y', 'b/z', 'b/q', 'c/r'];

function isAsStrictAs(strict: GovernancePolicy, loose: GovernancePolicy): boolean {
  return (
    covers(strict.gates ?? [], loose.gates ?? []) &&
    (strict.min_governance_score ?? 0) >= (loose.min_governance_score ?? 0) &&
    (strict.min_hygiene_score ?? 0) >= (loose.min_hygiene_score ?? 0) &&
    (strict.max_cost_usd ?? Infinity) <= (loose.max_cost_usd ?? Infinity) &&
    (loose.allow_skip_validation !== false || strict.allow_skip_validation === false) &&
    MODELS.every((model) => allowsModel(loose, model) || !allowsModel(strict, model))
  );
}
