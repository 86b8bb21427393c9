import { type ProviderScript, startProviderServer } from '@tenuto/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorOf } from '../../command/command.fixture.ts';
import { aServer, openMcp } from '../../mcp/mcp.fixture.ts';
import { agentCall, agentStage } from '../agent.fixture.ts';
import { agentRun } from '../agent-run.ts';

async function stage(answer: ProviderScript, changes: Parameters<typeof aServer>[0] = {}) {
  const server = aServer(changes);
  const { pool } = openMcp(server);
  const provider = await startProviderServer(answer);
  const find = async (owner: string, name: string) =>
    owner === 'ana' && name === 'everything' ? server : undefined;
  const made = await agentStage({ baseUrl: provider.url, mcp: { pool, find } });
  onTestFinished(async () => {
    await made.remove();
    await provider.close();
  });
  return { ...made, provider, action: agentRun(made) };
}

const once =
  (name: string, input: object): ProviderScript =>
  (_, number) =>
    number === 0 ? { toolCalls: [{ name, input }] } : { text: 'Done.' };

describe('tools of MCP servers', () => {
  it('are offered with their schemas, and called in the name of the owner', async () => {
    const { action, provider, ledger } = await stage(once('everything_get-sum', { a: 2, b: 3 }));
    const outcome = await action.run(agentCall({ tools: ['everything'] }));
    expect(outcome).toMatchObject({ status: 'completed' });
    const [first, second] = provider.requests;
    expect(first?.body.tools?.map((tool) => tool.function.name)).toContain('everything_echo');
    expect(JSON.stringify(second?.body.messages.at(-1))).toContain('5');
    expect(ledger.made('tool').map(({ call }) => call.target)).toEqual(['everything.get-sum']);
  });

  it('are one, where one is named, and none that the operator has not allowed', async () => {
    const { action, provider } = await stage(() => ({ text: 'x' }), { toolsAllow: ['echo'] });
    await action.run(agentCall({ tools: ['everything.echo'] }));
    expect(provider.requests[0]?.body.tools?.map((tool) => tool.function.name)).toEqual([
      'everything_echo',
    ]);
    const refused = await action.run(agentCall({ tools: ['everything.get-sum'] }));
    expect(errorOf(refused)).toMatchObject({ type: 'unknown_tool', classification: 'validation' });
  });

  it('tell the model what was wrong with a call', async () => {
    const { action, provider } = await stage(once('everything_get-sum', { a: 'two' }));
    expect(await action.run(agentCall({ tools: ['everything'] }))).toMatchObject({
      status: 'completed',
    });
    expect(JSON.stringify(provider.requests[1]?.body.messages.at(-1))).toContain('does not fit');
  });

  it('belong to their owner alone', async () => {
    const { action } = await stage(() => ({ text: 'x' }));
    const call = agentCall({ tools: ['everything'] }, { owner: 'bob' });
    expect(errorOf(await action.run(call))).toMatchObject({ type: 'unknown_tool' });
  });
});
