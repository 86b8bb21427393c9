import { ApprovalRuleSchema } from '@tenuto/contract';
import type { ActionCall, ActionOutcome, ApprovalDoor, NewApproval } from '@tenuto/engine';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { type ActionDefinition, refused } from '../action.ts';
import { failedDoor } from '../event/failed-door.ts';

const PARAMETERS = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 255, description: 'What is to be agreed to.' }),
    phase: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    ...ApprovalRuleSchema.properties,
  },
  { additionalProperties: false },
);

/**
 * `approval.request`: asks people whether the run may go on, and waits for their decision, durably
 * and without holding a slot. Its output is `{approved, decisions, reason?}`, also when they do not
 * agree: what follows is for the nodes behind it to say.
 */
export function approvalRequest({ ask }: ApprovalDoor): ActionDefinition {
  const parameters = Compile(PARAMETERS);
  return {
    name: 'approval.request',
    description: 'Asks people whether the run may go on; durable, holds no slot.',
    parameters: PARAMETERS,
    async run(call): Promise<ActionOutcome> {
      const { title, phase, ...rule } = parameters.Parse(call.with);
      const fault = tooManyNeeded(rule);
      if (fault !== undefined) return refused('invalid_parameters', fault);
      const asked = { title, rule, ...(phase !== undefined && { phase }) };
      const approval = approvalOf(call, asked);
      if (approval === undefined) return refused('no_node', 'It is asked within a run.');
      try {
        const { signal, answer } = await ask(approval);
        if (answer !== undefined) return { status: 'completed', output: answer };
        return { status: 'waiting', wait: { kind: 'signal', name: signal } };
      } catch (error) {
        return failedDoor(error);
      }
    },
  };
}

function approvalOf(
  { runId, node, nodeId, owner, idempotencyKey: key }: ActionCall,
  asked: Pick<NewApproval, 'title' | 'rule' | 'phase'>,
): NewApproval | undefined {
  return node === undefined ? undefined : { runId, node, nodeId, owner, key, ...asked };
}

/** Teams have any number of members; people and agents are one each. */
function tooManyNeeded({ approvers, required = 1 }: NewApproval['rule']): string | undefined {
  if (approvers === undefined) return undefined;
  const people = new Set(approvers.filter((name) => /^(?:agent|user):/.test(name)));
  if (people.size < new Set(approvers).size || people.size >= required) return undefined;
  return `with/required: ${required} have to agree, of ${people.size} who may.`;
}
