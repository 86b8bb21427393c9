import { createServer, type ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorOf } from '../../command/command.fixture.ts';
import { agentCall, agentStage, logOf } from '../agent.fixture.ts';
import { agentRun } from '../agent-run.ts';

const KEY = 'sk-very-secret-key';
const MEBIBYTE = 1024 * 1024;

async function hostile(answer: (response: ServerResponse, number: number) => void) {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.on('error', () => undefined);
    answer(response, asked++);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const stage = await agentStage({ baseUrl: `http://127.0.0.1:${port}/v1` });
  onTestFinished(async () => {
    await stage.remove();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const call = agentCall({ call_retries: 0 });
  const outcome = await agentRun(stage).run(call);
  expect(JSON.stringify([outcome, logOf(call), stage.ledger.rows])).not.toContain(KEY);
  return { outcome, stage, asked: () => asked };
}

/** Sends a piece again and again until somebody breaks off, or so many bytes have left. */
function flood(response: ServerResponse, piece: string, most: number): { sent: number } {
  const count = { sent: 0 };
  const more = () => {
    while (count.sent < most) {
      if (response.destroyed) return;
      count.sent += piece.length;
      if (!response.write(piece)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
  return count;
}

const chunk = (delta: object, rest: object = {}) =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 0, model: 'm', choices: [{ index: 0, delta, finish_reason: null }], ...rest })}\n\n`;
const events = { 'content-type': 'text/event-stream' };

describe('a provider that does not behave', () => {
  it.each([
    ['a page', 200, { 'content-type': 'text/html' }, '<html><b>hello</b></html>'],
    ['broken events', 200, events, 'data: {"choices": [\n\ndata: nonsense\n\n'],
    ['nothing', 200, events, ''],
    ['only an end', 200, events, 'data: [DONE]\n\n'],
    ['no choices', 200, events, 'data: {"choices":null}\n\ndata: [DONE]\n\n'],
    ['an error in a stream', 200, events, `data: {"error":{"message":"${KEY}"}}\n\n`],
    [
      'its key in an error',
      500,
      { 'content-type': 'application/json' },
      `{"error":{"message":"${KEY}"}}`,
    ],
    ['its key in a page', 401, { 'content-type': 'text/html' }, `<b>${KEY}</b>`],
  ] as const)('sends %s, and the attempt fails with a sentence', async (_, status, headers, text) => {
    const { outcome } = await hostile((response) => {
      response.writeHead(status, headers);
      response.end(text);
    });
    expect(errorOf(outcome).message.length).toBeGreaterThan(10);
    expect(errorOf(outcome).message.length).toBeLessThan(2_000);
  });

  it.each([
    ['an event without an end', 200, 'data: {"choices":"', 'x'.repeat(65_536)],
    ['comments without an end', 200, '', `: ${'x'.repeat(65_000)}\n\n`],
    ['an error without an end', 500, '{"error":"', 'x'.repeat(65_536)],
    ['empty pieces without an end', 200, '', chunk({ content: '' }).repeat(200)],
    [
      'arguments without an end',
      200,
      chunk({
        tool_calls: [
          {
            index: 0,
            id: 'a',
            type: 'function',
            function: { name: 'workspace_write', arguments: '{"path":"' },
          },
        ],
      }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: 'x'.repeat(65_536) } }] }),
    ],
  ] as const)('sends %s, and is cut off', async (_, status, head, piece) => {
    let flooded = { sent: 0 };
    const { outcome } = await hostile((response) => {
      response.writeHead(status, status === 200 ? events : {});
      response.write(head);
      flooded = flood(response, piece, 400 * MEBIBYTE);
    });
    expect(errorOf(outcome).message).toMatch(/more than|answered 500/);
    expect(flooded.sent).toBeLessThan(150 * MEBIBYTE);
  });

  it.each([
    [-1_000, -50, 0],
    [1.5, 2.5, 3],
    [1e300, 1e300, 1e308],
    ['100', 'x', null],
  ])('counts %j and %j tokens, and nobody is paid back', async (input, output, cached) => {
    const { outcome, stage } = await hostile((response) => {
      response.writeHead(200, events);
      response.write(chunk({ role: 'assistant', content: 'Done.' }));
      const usage = {
        prompt_tokens: input,
        completion_tokens: output,
        total_tokens: 1,
        prompt_tokens_details: { cached_tokens: cached },
      };
      response.end(
        `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 0, model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage })}\n\ndata: [DONE]\n\n`,
      );
    });
    for (const { result } of stage.ledger.rows) {
      for (const count of Object.values(result?.usage ?? {})) {
        expect(Number.isSafeInteger(count)).toBe(true);
        expect(count).toBeGreaterThanOrEqual(0);
      }
    }
    expect(['completed', 'failed']).toContain(outcome.status);
  });
});
