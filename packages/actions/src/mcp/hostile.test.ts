import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aServer, HOSTILE, openMcp, serve } from './mcp.fixture.ts';

const hostile = (manner: string, ...more: string[]) =>
  aServer({ command: [...HOSTILE, manner, ...more] });
const SOON = { timeout: 60_000 };
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('a server over stdio', () => {
  it('that never answers has its time, is told, and is not asked again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tenuto-mcp-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const told = join(folder, 'told');
    const mcp = openMcp(hostile('silent', told));
    const more = { timeout_seconds: 0.2 };
    expect(await mcp.call('act', {}, { more })).toMatchObject({
      status: 'timeout',
      error: { classification: 'timeout', type: 'timeout', outcomeUnknown: true },
    });
    await expect.poll(() => readFile(told, 'utf8').catch(() => ''), SOON).toContain('requestId');
  });

  it('that does not greet has its time too', async () => {
    const mcp = openMcp(hostile('deaf'));
    const stop = new AbortController();
    const outcome = mcp.call('act', {}, { signal: stop.signal });
    stop.abort('timeout');
    expect(await outcome).toMatchObject({ status: 'cancelled' });
  });

  it('that dies in the middle leaves open what happened, unless that does no harm', async () => {
    expect(await openMcp(hostile('dies')).call('act')).toMatchObject({
      status: 'failed',
      error: { type: 'mcp_connection_lost', outcomeUnknown: true },
    });
    const harmless = { classification: 'transient', type: 'mcp_connection_lost' };
    const readOnly = await openMcp(hostile('dies-read-only')).call('act');
    expect(readOnly).toMatchObject({ error: harmless });
    const mcp = openMcp(hostile('dies'));
    expect(await mcp.call('act', {}, { more: { read_only: true } })).toMatchObject({
      error: harmless,
    });
  });

  it('that died is started again for the next call', async () => {
    const mcp = openMcp(hostile('counts'));
    const first = await mcp.call('act');
    const again = await mcp.call('act');
    expect(again).toEqual(first);
    const pid = Number(JSON.parse(JSON.stringify(first.output)).text);
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isAlive(pid), SOON).toBe(false);
    await expect
      .poll(async () => (await mcp.call('act', {}, { more: { read_only: true } })).status, SOON)
      .toBe('completed');
  });

  it('that says why it does not start is quoted', async () => {
    expect(await openMcp(hostile('dies-at-once')).call('act')).toMatchObject({
      error: { classification: 'transient', message: expect.stringContaining('no licence found') },
    });
  });

  it('that talks nonsense is understood where it does not', async () => {
    expect(await openMcp(hostile('garbage')).call('act')).toMatchObject({
      status: 'completed',
      output: { text: 'after all' },
    });
    const outcome = await openMcp(hostile('only-garbage')).call('act');
    expect(outcome).toMatchObject({ status: 'failed', error: { classification: 'permanent' } });
  });

  it('that answers without end is cut off', async () => {
    const outcome = await openMcp(hostile('huge')).call('act');
    expect(outcome).toMatchObject({ status: 'failed', error: { classification: 'permanent' } });
  });

  it('may answer with megabytes', async () => {
    const { status, output } = await openMcp(hostile('big')).call('act');
    expect([status, JSON.stringify(output).length > 4 * 1024 * 1024]).toEqual(['completed', true]);
  });

  it('whose answer is not what the tool promises fails, with what it said', async () => {
    expect(await openMcp(hostile('lies')).call('act')).toMatchObject({
      status: 'failed',
      error: { classification: 'permanent', type: 'invalid_tool_output' },
      output: { n: 'not a number' },
    });
    expect(await openMcp(hostile('malformed')).call('act')).toMatchObject({
      error: { classification: 'permanent', type: 'mcp_protocol' },
    });
  });

  it('that answers somebody else has not answered', async () => {
    const more = { timeout_seconds: 0.3 };
    const outcome = await openMcp(hostile('other')).call('act', {}, { more });
    expect(outcome.status).toBe('timeout');
  });

  it('whose list of tools has no end is refused', async () => {
    expect(await openMcp(hostile('endless')).call('act')).toMatchObject({
      error: { classification: 'permanent', message: expect.stringContaining('no end') },
    });
  });

  it('cannot keep us busy with its schemas', async () => {
    const bomb = await openMcp(hostile('bomb-schema')).call('act', { a: 5 });
    expect(bomb).toMatchObject({ error: { type: 'invalid_arguments' } });
    const regex = await openMcp(hostile('regex-schema')).call('act', {
      a: `${'a'.repeat(9_999)}!`,
    });
    expect(regex).toMatchObject({ error: { type: 'invalid_arguments' } });
    const none = await openMcp(hostile('no-schema')).call('act', { a: 5 });
    expect(none).toMatchObject({ error: { type: 'invalid_tool_schema' } });
  });

  it('gets its own variables and those of commands, and nothing else of ours', async () => {
    process.env.TENUTO_TEST_PRIVATE = 'private';
    onTestFinished(() => void delete process.env.TENUTO_TEST_PRIVATE);
    const server = { ...hostile('environment'), env: { OWN: 'its own' } };
    const { output } = await openMcp(server).call('act');
    const environment = JSON.parse(JSON.parse(JSON.stringify(output)).text);
    expect(environment).toMatchObject({ OWN: 'its own', PATH: process.env.PATH });
    expect(environment).not.toHaveProperty('TENUTO_TEST_PRIVATE');
  });

  it('that says its secret is not quoted with it', async () => {
    const server = {
      ...hostile('leaks'),
      env: { API_KEY: 'the-key-of-the-server' },
      secrets: new Map([['KEY', { value: 'the-key-of-the-server' }]]),
    };
    const outcome = await openMcp(server).call('act');
    expect(outcome).toMatchObject({
      error: { type: 'tool_error', message: 'act failed: bad key ***' },
    });
    expect(JSON.stringify(outcome)).not.toContain('the-key-of-the-server');
  });

  it('is ended with all that it has started', async () => {
    const mcp = openMcp(hostile('family'), { idleMs: 100 });
    const { output } = await mcp.call('act');
    const { server, child } = JSON.parse(JSON.parse(JSON.stringify(output)).text);
    expect([isAlive(server), isAlive(child)]).toEqual([true, true]);
    // Nobody uses it any more.
    await expect.poll(() => isAlive(server) || isAlive(child), SOON).toBe(false);
  });

  it('is not started when its program may not be', async () => {
    const mcp = openMcp(aServer({ command: ['/bin/cat'] }));
    expect(await mcp.call('act')).toMatchObject({
      error: { classification: 'validation', type: 'command_not_allowed' },
    });
  });

  it('gets no secret that is bound to hosts', async () => {
    const mcp = openMcp(hostile('counts'));
    const secrets = [{ name: 'KEY', allowedHosts: ['api.example.com'] }];
    expect(await mcp.call('act', {}, { secrets })).toMatchObject({
      error: { type: 'secret_host_refused' },
    });
    mcp.change({ secrets: new Map([['KEY', { value: 'v', allowedHosts: ['a.example'] }]]) });
    expect(await mcp.call('act')).toMatchObject({ error: { type: 'secret_host_refused' } });
  });
});

async function bodyOf(request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
}

/** A server over HTTP that greets well; its calls are answered by the test. */
async function overHttp(
  onCall: (id: number, response: ServerResponse, request: IncomingMessage) => void,
  onEach: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
) {
  const url = await serve(async (request, response) => {
    const { id, method, params } = await bodyOf(request);
    if (onEach(request, response)) return;
    const answer = (result: object) => {
      response.setHeader('content-type', 'application/json');
      response.setHeader('mcp-session-id', 'session-1');
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    };
    if (method === 'initialize') {
      const { protocolVersion } = params;
      const serverInfo = { name: 'http', version: '1' };
      answer({ protocolVersion, capabilities: { tools: {} }, serverInfo });
    } else if (method === 'tools/list') {
      answer({ tools: [{ name: 'act', inputSchema: { type: 'object' } }] });
    } else if (method === 'tools/call') onCall(id, response, request);
    else response.writeHead(202).end();
  });
  return openMcp(aServer({ transport: 'http', url, headers: { 'x-key': 'k' } }));
}

describe('a server over HTTP', () => {
  it('gets its headers, and a key that is the same for every attempt', async () => {
    const seen: unknown[] = [];
    const mcp = await overHttp((id, response, request) => {
      seen.push(request.headers['x-key']);
      response.setHeader('content-type', 'application/json');
      const result = { content: [{ type: 'text', text: 'ok' }] };
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
    expect(await mcp.call('act')).toMatchObject({ status: 'completed', output: { text: 'ok' } });
    expect(seen).toEqual(['k']);
  });

  it('that hangs up in the middle leaves open what happened', async () => {
    const mcp = await overHttp((_id, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': wait\n\n', () => response.destroy());
    });
    expect(await mcp.call('act')).toMatchObject({
      status: 'failed',
      error: { type: 'mcp_connection_lost', outcomeUnknown: true },
    });
  });

  it('that ends its stream without an answer has not answered', async () => {
    const mcp = await overHttp((_id, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(': nothing\n\n');
    });
    expect((await mcp.call('act')).status).toBe('failed');
  });

  it('that sends without end is cut off', async () => {
    const mcp = await overHttp((_id, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const more = () => {
        while (!response.destroyed && response.write(`data: ${'x'.repeat(65_536)}\n`));
      };
      response.on('drain', more);
      more();
    });
    expect((await mcp.call('act')).status).toBe('failed');
  });

  it.each([
    [429, { 'retry-after': '7' }, { classification: 'rate_limited', retryAfterMs: 7_000 }],
    [401, {}, { classification: 'permanent', type: 'http_status' }],
    [404, {}, { classification: 'transient', type: 'mcp_session_lost' }],
  ])('that answers a call with %i is understood', async (status, headers, error) => {
    const mcp = await overHttp(
      (_id, response) => void response.writeHead(status, headers).end('no'),
    );
    expect(await mcp.call('act')).toMatchObject({ status: 'failed', error });
  });

  it('that was started anew is greeted again by the next attempt', async () => {
    let calls = 0;
    const mcp = await overHttp((id, response) => {
      calls += 1;
      if (calls === 1) return void response.writeHead(404).end();
      response.setHeader('content-type', 'application/json');
      const result = { content: [{ type: 'text', text: 'ok' }] };
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
    expect((await mcp.call('act')).status).toBe('failed');
    expect((await mcp.call('act')).status).toBe('completed');
  });

  it('that redirects is not followed', async () => {
    const taken: string[] = [];
    const elsewhere = await serve((request, response) => {
      taken.push(request.url ?? '');
      response.end();
    });
    const url = await serve(
      (_request, response) => void response.writeHead(307, { location: elsewhere }).end(),
    );
    const mcp = openMcp(aServer({ transport: 'http', url, headers: { authorization: 'x' } }));
    expect((await mcp.call('act')).status).toBe('failed');
    expect(taken).toEqual([]);
  });

  it('at a private address is not reached', async () => {
    const mcp = openMcp(aServer({ transport: 'http', url: 'http://10.0.0.1:9/mcp' }));
    expect(await mcp.call('act')).toMatchObject({
      error: { classification: 'validation', type: 'ssrf_blocked' },
    });
  });

  it('that nobody listens for is tried again later', async () => {
    const mcp = openMcp(aServer({ transport: 'http', url: await closedUrl() }));
    expect(await mcp.call('act')).toMatchObject({ error: { classification: 'transient' } });
  });
});

/** Where somebody listened a moment ago. */
async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/mcp`;
}

describe('a call', () => {
  it('of a server that is not there, or is somebody else’s, is refused', async () => {
    const mcp = openMcp(aServer());
    expect(await mcp.call('echo', {}, { owner: 'bob' })).toMatchObject({
      error: { classification: 'validation', type: 'unknown_mcp_server' },
    });
  });
});
