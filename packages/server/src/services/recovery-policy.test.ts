import { LIMITS, type RecoveryPolicyInput } from '@tenuto/contract';
import { compilePlan, DEFAULT_RULES } from '@tenuto/engine';
import { describe, expect, it } from 'vitest';
import { recoveryRulesOf } from './recovery-policy.ts';

const plan = compilePlan({
  nodes: [
    { id: 'fetch', uses: 'noop', fallback: { uses: 'noop' } },
    { id: 'built', type: 'checkpoint', parent_nodes: ['fetch'] },
    { id: 'ship', uses: 'noop', parent_nodes: ['built'] },
  ],
});
const rulesOf = (policy: RecoveryPolicyInput | undefined) => recoveryRulesOf(policy, plan);

describe('a recovery policy', () => {
  it('that is absent stays absent', () => expect(rulesOf(undefined)).toBeUndefined());

  it('called default requeues, retries, and asks in the end', () => {
    expect(rulesOf('default')).toEqual({ rules: DEFAULT_RULES });
    expect(DEFAULT_RULES.map(({ action }) => action)).toEqual([
      'requeue_job',
      'retry_job',
      'escalate_manual',
    ]);
  });

  it('is a list of rules, or an object with rules and a stall limit', () => {
    const rules = [{ when: { node: 'ship' }, action: 'skip_node', with: { result: 1 } }] as const;
    expect(rulesOf([...rules])).toEqual({ rules });
    expect(rulesOf({ rules: [...rules], stall_limit_ms: 5_000 })).toEqual({
      ...{ rules, stallLimitMs: 5_000 },
    });
    expect(rulesOf({ stall_limit_ms: 5_000 })).toEqual({
      ...{ rules: DEFAULT_RULES, stallLimitMs: 5_000 },
    });
  });

  it.each<[string, RecoveryPolicyInput]>([
    ['start', [{ action: 'rollback_state', with: { to: 'start' } }]],
    ['a checkpoint', [{ action: 'rollback_state', with: { to: 'built' } }]],
    ['no place', [{ action: 'rollback_state' }]],
    ['a fallback that some node has', [{ action: 'fallback_strategy' }]],
    ['the fallback of a node', [{ when: { node: 'fetch' }, action: 'fallback_strategy' }]],
  ])('may lead to %s', (_, policy) => expect(rulesOf(policy)).toBeDefined());

  it.each<[string, string, RecoveryPolicyInput]>([
    [
      '/recovery_policy/0/when/node',
      'a node that is not there',
      [{ when: { node: ['ship', 'sink'] }, action: 'skip_node' }],
    ],
    [
      '/recovery_policy/1/when/node',
      'a node without a fallback',
      [{ action: 'retry_job' }, { when: { node: 'ship' }, action: 'fallback_strategy' }],
    ],
    [
      '/recovery_policy/rules/0/with/to',
      'a node that is no checkpoint',
      { rules: [{ action: 'rollback_state', with: { to: 'ship' } }] },
    ],
    [
      '/recovery_policy/0/with/to',
      'a checkpoint that is not there',
      [{ action: 'rollback_state', with: { to: 'nowhere' } }],
    ],
  ])('is refused at %s for %s', (path, _, policy) => {
    expect(() => rulesOf(policy)).toThrow(
      expect.objectContaining({
        ...{ code: 'unprocessable', status: 422 },
        validationErrors: [expect.objectContaining({ path })],
      }),
    );
  });

  it('is refused with every rule that is wrong', () => {
    const wrong = { when: { node: 'x' }, action: 'skip_node' } as const;
    expect(() => rulesOf([wrong, { action: 'retry_job' }, wrong])).toThrow(
      expect.objectContaining({ validationErrors: [expect.anything(), expect.anything()] }),
    );
  });

  it('cannot use fallbacks in a graph that has none', () => {
    const bare = compilePlan({ nodes: [{ id: 'only', uses: 'noop' }] });
    expect(() => recoveryRulesOf([{ action: 'fallback_strategy' }], bare)).toThrow('/0/action');
  });

  it('gives no node an output that is too large for a journal', () => {
    const result = 'x'.repeat(LIMITS.messageBytes);
    expect(() => rulesOf([{ action: 'skip_node', with: { result } }])).toThrow(
      expect.objectContaining({ code: 'payload_too_large' }),
    );
  });
});
