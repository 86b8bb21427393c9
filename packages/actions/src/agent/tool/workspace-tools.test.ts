import type { JsonObject } from '@tenuto/contract';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callWith } from '../../command/command.fixture.ts';
import { agentStage } from '../agent.fixture.ts';
import { AgentSession } from '../session.ts';
import { workspaceTools } from './workspace-tools.ts';

async function workspace() {
  const stage = await agentStage();
  onTestFinished(() => stage.remove());
  const use = { runId: 'r', owner: 'ann', node: 0, nodeId: 'n', attempt: 1 };
  const options = { askAboveUsd: 1, callMs: 1_000, callRetries: 0 };
  const files = await stage.workspaces.open(use);
  const session = new AgentSession(callWith({}), stage, { options, workspace: files });
  const tools = new Map(workspaceTools(() => undefined).map((tool) => [tool.name, tool]));
  const place = { agent: 'a', loop: 'main', step: 0, tool: 't' };
  return {
    files,
    async call(name: string, input: JsonObject) {
      const tool = tools.get(`workspace.${name}`);
      if (tool === undefined) throw new Error(`There is no ${name}.`);
      return await tool.run(input, { session, place, key: 'k' });
    },
  };
}

describe('tools over the workspace', () => {
  it('write, and name the file that was written', async () => {
    const { call } = await workspace();
    expect(await call('write', { path: 'a/b.txt', content: 'héllo' })).toEqual({
      ...{ text: 'Wrote a/b.txt, 6 bytes.', isError: false, paths: ['a/b.txt'] },
    });
    expect(await call('read', { path: 'a/b.txt' })).toEqual({ text: 'héllo', isError: false });
  });

  it('read long files in pages', async () => {
    const { call } = await workspace();
    const lines = Array.from({ length: 5_000 }, (_, index) => `line ${index + 1}`);
    await call('write', { path: 'long.txt', content: lines.join('\n') });
    const first = await call('read', { path: 'long.txt' });
    const next = Number(/from_line (\d+)\]$/.exec(first.text)?.[1]);
    expect(first.text.length).toBeLessThan(40_000);
    const second = await call('read', { path: 'long.txt', from_line: next, lines: 2 });
    expect(second.text).toMatch(new RegExp(`^line ${next}\nline ${next + 1}\n\\[lines`));
  });

  it('say what cannot be read as text, or is not there', async () => {
    const { call, files } = await workspace();
    await files.write('b.bin', new Uint8Array([0, 1, 255]));
    expect(await call('read', { path: 'b.bin' })).toMatchObject({ isError: true });
    expect(await call('read', { path: 'no.txt' })).toMatchObject({ isError: true });
    expect(await call('write', { path: '../x', content: '' })).toMatchObject({ isError: true });
  });

  it('list and search in pages', async () => {
    const { call } = await workspace();
    for (const name of ['a.md', 'b.md', 'c.txt']) {
      await call('write', { path: name, content: 'One\ntwo NEEDLE\n'.repeat(60) });
    }
    expect((await call('list', { glob: '*.md' })).text).toBe('a.md (900 bytes)\nb.md (900 bytes)');
    const found = await call('search', { text: 'needle', ignore_case: true });
    expect(found.text.split('\n')).toHaveLength(101);
    expect(found.text).toMatch(/^a\.md:2: two NEEDLE\n/);
    expect(found.text).toMatch(/\[\d+ more lines; go on with from 100\]$/);
    expect((await call('search', { text: 'NEEDLE', from: 170 })).text.split('\n')).toHaveLength(10);
    expect((await call('search', { text: 'nothing' })).text).toBe('Nothing was found.');
  });
});
