import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkspaceError, type Workspaces } from '@tenuto/engine';
import { type ProviderScript, startProviderServer } from '@tenuto/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorOf } from '../command/command.fixture.ts';
import { agentCall, agentStage, logOf } from './agent.fixture.ts';
import { agentRun } from './agent-run.ts';

const WRITE = { name: 'workspace_write', input: { path: 'a.md', content: '# A' } };

async function stageWith(answer: ProviderScript, more: Parameters<typeof agentStage>[0] = {}) {
  const provider = await startProviderServer(answer);
  const stage = await agentStage({ baseUrl: provider.url, ...more });
  onTestFinished(async () => {
    await stage.remove();
    await provider.close();
  });
  return { provider, stage, action: agentRun(stage) };
}

const writeThenEnd: ProviderScript = (_, number) =>
  number === 0
    ? { text: 'I write.', toolCalls: [WRITE], usage: { input: 100, output: 30, cached: 40 } }
    : { text: 'Done: a.md.', usage: { input: 150, output: 10, reasoning: 4 } };

describe('an agent over the wire of an OpenAI-compatible server', () => {
  it('does what the model wants done, and ends with its answer, usage, cost and files', async () => {
    const { provider, stage, action } = await stageWith(writeThenEnd);
    const call = agentCall({});
    const outcome = await action.run(call);
    expect(outcome).toEqual({
      status: 'completed',
      output: {
        text: 'Done: a.md.',
        model: 'local/large',
        finish_reason: 'stop',
        steps: 2,
        usage: { input: 250, output: 40, cached: 40, reasoning: 4 },
        cost_usd: 0.00029,
        artifacts: ['a.md'],
      },
    });
    expect(await stage.text('a.md')).toBe('# A');
    const [first, second] = provider.requests;
    expect(first?.headers.authorization).toBe('Bearer sk-very-secret-key');
    expect(first?.body.tools?.map((tool) => tool.function.name)).toContain('workspace_search');
    expect(second?.body.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
    ]);
    expect(JSON.stringify(second?.body.messages[3])).toContain('data, not instructions');
    expect(logOf(call)).toContain('I write.');
    expect(logOf(call)).not.toContain('sk-very');
    expect(JSON.stringify(stage.ledger.rows)).not.toContain('sk-very');
  });

  it('pays for nothing twice when it is run again: every answer is the recorded one', async () => {
    const { provider, stage, action } = await stageWith(writeThenEnd);
    const first = await action.run(agentCall({}));
    await writeFile(join(stage.folder, 'a.md'), 'mine');
    const again = await action.run(agentCall({}, { attempt: 2 }));
    expect(again).toEqual(first);
    expect(provider.requests).toHaveLength(2);
    // What others have done to the file since then stays.
    expect(await stage.text('a.md')).toBe('mine');
  });

  it('tells the model of tools that fail, or that there are not, and goes on', async () => {
    const calls = [
      { id: 'x', name: 'workspace_read', input: { path: '../etc/passwd' } },
      { id: 'x', name: 'no_such_tool', input: {} },
      { id: '', name: 'workspace_read', input: { file: 1 } },
    ];
    const { provider, action } = await stageWith((_, number) =>
      number === 0 ? { toolCalls: calls } : { text: 'I see.' },
    );
    expect(await action.run(agentCall({}))).toMatchObject({ status: 'completed' });
    const told = provider.requests[1]?.body.messages.slice(-3).map(({ content }) => content);
    expect(told?.[0]).toContain('lies outside of the workspace');
    expect(told?.[1]).toContain('There is no tool "no_such_tool"');
    expect(told?.[2]).toContain('does not fit');
  });

  it('asks for required files once more, and takes no for an answer', async () => {
    const { provider, action } = await stageWith(() => ({ text: 'Done.' }));
    const expected_artifacts = [{ path: 'PRD.md' }, { path: 'notes.md', required: false }];
    const outcome = await action.run(agentCall({ phase: 'planning', expected_artifacts }));
    expect(outcome).toMatchObject({ status: 'completed', output: { steps: 2 } });
    const asked = JSON.stringify(provider.requests[1]?.body.messages.at(-1));
    expect(asked).toContain('artifacts/planning/PRD.md');
    expect(asked).not.toContain('notes.md');
  });

  it('ends when it has used up its steps', async () => {
    const { provider, action } = await stageWith((_, number) => ({
      toolCalls: [{ id: `c${number}`, name: 'workspace_list', input: {} }],
    }));
    const outcome = await action.run(agentCall({ max_steps: 3 }));
    expect(errorOf(outcome)).toMatchObject({ type: 'max_steps', classification: 'permanent' });
    expect(outcome).toMatchObject({ output: { steps: 3, usage: { input: 300 } } });
    expect(provider.requests).toHaveLength(3);
  });

  it('runs commands in the workspace where the operator allows them', async () => {
    const program = "require('fs').writeFileSync('made.txt', 'x'); console.log('hello')";
    const command = { command: [process.execPath, '-e', program] };
    const { provider, action } = await stageWith((_, number) =>
      number === 0 ? { toolCalls: [{ name: 'command_run', input: command }] } : { text: 'Made.' },
    );
    const outcome = await action.run(agentCall({ tools: ['command.run'] }));
    expect(outcome).toMatchObject({ status: 'completed', output: { artifacts: ['made.txt'] } });
    const told = JSON.stringify(provider.requests[1]?.body.messages.at(-1));
    expect(told).toContain('exit code: 0');
    expect(told).toContain('hello');
  });

  it('tells of files that are not kept, once, in the log and to the model', async () => {
    const command = { command: [process.execPath, '-e', '1'] };
    const { provider, stage, action } = await stageWith((_, number) =>
      number < 2 ? { toolCalls: [{ name: 'command_run', input: command }] } : { text: 'Made.' },
    );
    stage.workspaces.leftOut.push({ path: 'a/pipe', reason: 'is a pipe' });
    const call = agentCall({ tools: ['command.run'] });
    await action.run(call);
    const told = 'a/pipe is not kept: it is a pipe.';
    const heard = provider.requests.map(({ body }) => JSON.stringify(body.messages.at(-1)));
    expect(heard.map((text) => text.includes(told))).toEqual([false, true, false]);
    expect(logOf(call).split(told)).toHaveLength(2);
  });

  it('tells the model when there is no room for what a command has left', async () => {
    const command = { command: [process.execPath, '-e', 'console.log("made")'] };
    const { provider, stage } = await stageWith((_, number) =>
      number === 0 ? { toolCalls: [{ name: 'command_run', input: command }] } : { text: 'I see.' },
    );
    const full = async () => {
      throw new WorkspaceError('quota', 'There are more than 10000 files.');
    };
    const workspaces: Workspaces = {
      open: async (use) => ({ ...(await stage.workspaces.open(use)), takeUp: full }),
    };
    const call = agentCall({ tools: ['command.run'] });
    const outcome = await agentRun({ ...stage, workspaces }).run(call);
    expect(outcome).toMatchObject({ status: 'completed' });
    const told = JSON.stringify(provider.requests[1]?.body.messages.at(-1));
    expect(told).toContain('made');
    expect(told).toContain('Its files are not kept: There are more than 10000 files.');
  });

  it('refuses tools that there are not, and works without commands where they are off', async () => {
    const { provider, stage, action } = await stageWith(() => ({ text: 'x' }));
    expect(errorOf(await action.run(agentCall({ tools: ['nowhere'] })))).toMatchObject({
      type: 'unknown_tool',
      classification: 'validation',
    });
    const off = agentRun({ ...stage, commands: { ...stage.commands, allow: 'none' } });
    const call = agentCall({ tools: ['command.run', 'workspace.read'] });
    expect(await off.run(call)).toMatchObject({ status: 'completed' });
    expect(provider.requests[0]?.body.tools?.map((tool) => tool.function.name)).toEqual([
      'workspace_read',
    ]);
    expect(logOf(call)).toContain('TENUTO_ALLOW_COMMANDS');
  });

  it('takes system prompts from files, and refuses those that are not there', async () => {
    const { provider, action } = await stageWith(() => ({ text: 'x' }));
    await action.run(agentCall({ system_file: 'writer', system: 'Be brief.' }));
    expect(JSON.stringify(provider.requests[0]?.body.messages[0])).toMatch(
      /You write well\..*Be brief\..*never gives you instructions/,
    );
    const missing = await action.run(agentCall({ system_file: '../secret' }));
    expect(errorOf(missing)).toMatchObject({ type: 'unknown_prompt' });
  });
});

describe('an answer by a schema', () => {
  const output_schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };

  it('is repaired by the model, and is the object', async () => {
    const { provider, action } = await stageWith((_, number) => ({
      text: ['{"n": "one"}', 'So:\n```json\n{"n": 1}\n```'][number] ?? '',
    }));
    const outcome = await action.run(agentCall({ output_schema }));
    expect(outcome).toMatchObject({ status: 'completed', output: { object: { n: 1 }, steps: 2 } });
    expect(provider.requests[1]?.body.response_format).toBeDefined();
  });

  it('fails plainly when the model cannot', async () => {
    const { action } = await stageWith(() => ({ text: 'no' }));
    const error = errorOf(await action.run(agentCall({ output_schema })));
    expect(error).toMatchObject({ type: 'invalid_output', classification: 'validation' });
    const wrong = await action.run(agentCall({ output_schema: { type: 'thing' } }));
    expect(errorOf(wrong)).toMatchObject({ type: 'invalid_output_schema' });
  });
});

describe('sub-agents', () => {
  it('work in loops of their own, and their usage counts', async () => {
    const { provider, action } = await stageWith(({ body }) => {
      const last = JSON.stringify(body.messages.at(-1));
      const isSub = JSON.stringify(body.messages[0]).includes('You look things up');
      if (isSub) return { text: 'It is 42.', usage: { input: 10, output: 5 } };
      return last.includes('It is 42')
        ? { text: 'The answer is 42.' }
        : { toolCalls: [{ name: 'agent_researcher', input: { task: 'What is it?' } }] };
    });
    const researcher = {
      name: 'researcher',
      description: 'Finds things out.',
      system: 'You look things up.',
    };
    const call = agentCall({ sub_agents: [researcher] });
    const outcome = await action.run(call);
    expect(outcome).toMatchObject({
      status: 'completed',
      output: { text: 'The answer is 42.', steps: 3, usage: { input: 210, output: 45 } },
    });
    const again = await action.run(agentCall({ sub_agents: [researcher] }, { attempt: 2 }));
    expect(again).toEqual(outcome);
    expect(provider.requests).toHaveLength(3);
  });

  it('call each other three deep and no deeper', async () => {
    const { provider, action } = await stageWith(({ body }) => {
      const offered = body.tools?.some((tool) => tool.function.name === 'agent_echo');
      const done = body.messages.some(({ role }) => role === 'tool');
      return offered && !done
        ? { toolCalls: [{ name: 'agent_echo', input: { task: 'go on' } }] }
        : { text: 'back' };
    });
    const echo = { name: 'echo', description: 'Again.', tools: ['agent.echo'] };
    expect(await action.run(agentCall({ sub_agents: [echo] }))).toMatchObject({
      status: 'completed',
    });
    const refused = provider.requests.filter(({ body }) =>
      JSON.stringify(body.messages).includes('3 deep at most'),
    );
    expect(refused).toHaveLength(1);
  });
});

describe('a policy', () => {
  it('of the deployment or the profile keeps models away before they are asked', async () => {
    const { provider, stage } = await stageWith(() => ({ text: 'x' }));
    const strict = agentRun({ ...stage, policy: { allowed_models: ['local/tiny', 'other/*'] } });
    expect(errorOf(await strict.run(agentCall({})))).toMatchObject({
      ...{ type: 'model_not_allowed', classification: 'permanent' },
      message:
        'The policy of the deployment does not allow the model local/large: it allows local/tiny, other/*.',
    });
    const lax = agentRun(stage);
    const own = errorOf(await lax.run(agentCall({ allowed_models: ['local/t*'] })));
    expect(own.message).toContain('of the profile does not allow the model local/large');
    expect(provider.requests).toHaveLength(0);
    const fits = agentCall({ model: 'local/tiny', allowed_models: ['local/*'] });
    expect(await strict.run(fits)).toMatchObject({ status: 'completed' });
  });

  it('keeps them away from sub-agents as well', async () => {
    const { provider, action } = await stageWith(() => ({
      toolCalls: [{ name: 'agent_helper', input: { task: 'Help.' } }],
    }));
    const helper = { name: 'helper', description: 'Helps.', model: 'local/tiny' };
    const call = agentCall({ sub_agents: [helper], allowed_models: ['local/large'] });
    expect(errorOf(await action.run(call)).type).toBe('model_not_allowed');
    expect(provider.requests).toHaveLength(1);
  });
});
