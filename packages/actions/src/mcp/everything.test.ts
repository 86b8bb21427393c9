import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aServer, openMcp, startEverything } from './mcp.fixture.ts';

let over: { readonly url: string; readonly child: ChildProcess };
beforeAll(async () => {
  over = await startEverything();
});
afterAll(() => void over.child.kill());

describe.each(['stdio', 'http'] as const)('the reference server over %s', (transport) => {
  const open = () =>
    openMcp(aServer(transport === 'http' ? { transport, url: over.url } : { transport }));

  it('is found well, with its tools', async () => {
    const { hands } = open();
    const server = aServer(transport === 'http' ? { transport, url: over.url } : { transport });
    const signal = new AbortController().signal;
    expect(await hands.check(server, signal)).toMatchObject({
      ok: true,
      server: { name: expect.stringContaining('everything') },
      tools: expect.any(Number),
    });
    const tools = await hands.tools(server, signal);
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['echo', 'get-sum']));
    expect(tools.find(({ name }) => name === 'echo')).toMatchObject({ readOnly: true });
  });

  it('answers calls with text', async () => {
    const mcp = open();
    expect(await mcp.call('echo', { message: 'hello' })).toEqual({
      status: 'completed',
      output: { content: [], text: 'Echo: hello' },
    });
  });

  it('answers calls with what is not text beside its text', async () => {
    const { status, output } = await open().call('get-tiny-image');
    const image = { type: 'image', mimeType: 'image/png', data: expect.any(String) };
    expect([status, output]).toEqual(['completed', { text: expect.any(String), content: [image] }]);
  });

  it('answers calls with a structure, which is the output then', async () => {
    const mcp = open();
    const weather = { temperature: 33, conditions: 'Cloudy', humidity: 82 };
    const given = { location: 'New York' };
    expect(await mcp.call('get-structured-content', given)).toEqual({
      status: 'completed',
      output: weather,
    });
    const full = await mcp.call('get-structured-content', given, { more: { output: 'full' } });
    expect(full.output).toMatchObject({ structured: weather, text: JSON.stringify(weather) });
  });

  it('tells of its progress in the log', async () => {
    const mcp = open();
    const outcome = await mcp.call('trigger-long-running-operation', { duration: 0.1, steps: 2 });
    expect(outcome.status).toBe('completed');
    expect(mcp.log).toEqual([
      'calls everything.trigger-long-running-operation',
      'progress 1 of 2',
      'progress 2 of 2',
    ]);
  });

  it('is not asked with arguments that do not fit', async () => {
    const mcp = open();
    expect(await mcp.call('get-sum', { a: 1, b: 'two' })).toMatchObject({
      status: 'failed',
      error: {
        classification: 'validation',
        type: 'invalid_arguments',
        message: expect.stringContaining('arguments/b must be number'),
      },
    });
    expect(await mcp.call('no-such-tool')).toMatchObject({
      error: { classification: 'validation', type: 'unknown_tool' },
    });
  });

  it('is stopped when the call is', async () => {
    const mcp = open();
    const stop = new AbortController();
    const given = { duration: 600, steps: 6_000 };
    const outcome = mcp.call('trigger-long-running-operation', given, { signal: stop.signal });
    await expect.poll(() => mcp.log.length, { timeout: 60_000 }).toBeGreaterThan(1);
    stop.abort('cancelled');
    expect(await outcome).toMatchObject({ status: 'cancelled' });
  });

  it('serves many calls at once over one connection', async () => {
    const mcp = open();
    const sums = Array.from({ length: 50 }, (_, i) => mcp.call('get-sum', { a: i, b: 1 }));
    const outcomes = await Promise.all(sums);
    for (const [i, { output }] of outcomes.entries()) {
      expect(output).toMatchObject({ text: `The sum of ${i} and 1 is ${i + 1}.` });
    }
  });

  it('is asked for allowed tools only', async () => {
    const mcp = open();
    mcp.change({ toolsAllow: ['get-*'] });
    expect(await mcp.call('echo', { message: 'x' })).toMatchObject({
      error: { type: 'tool_not_allowed', classification: 'validation' },
    });
    expect((await mcp.call('get-sum', { a: 1, b: 1 })).status).toBe('completed');
  });
});
