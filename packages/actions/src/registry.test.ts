import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import type { ActionDefinition } from './action.ts';
import { createActionRegistry } from './registry.ts';

const greet: ActionDefinition = {
  name: 'greet',
  description: 'Says a word.',
  parameters: Type.Object(
    {
      word: Type.String(),
      times: Type.Optional(Type.Integer()),
      tone: Type.Optional(Type.Enum(['low', 'high'])),
    },
    { additionalProperties: false },
  ),
  run: () => ({ status: 'completed', output: null }),
};

describe('parameters that do not fit', () => {
  const said = async (parameters: object) => {
    const outcome = await createActionRegistry([greet]).run(
      // The rest of a call is the action's business, which is not reached.
      { uses: 'greet', with: parameters } as never,
    );
    return outcome.status === 'failed' ? outcome.error.message : outcome.status;
  };

  it.each([
    [{ word: 'a', wrod: 'b' }, 'greet: with/wrod: is not a known field'],
    [{ word: 'a', times: 'often' }, 'greet: with/times: must be integer'],
    [{ word: 'a', tone: 'x' }, 'greet: with/tone: must be one of low, high'],
    [{}, 'greet: with: must have required properties word'],
  ])('are each named once: %j', async (parameters, message) => {
    expect(await said(parameters)).toBe(message);
  });
});
