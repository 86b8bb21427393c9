/** An OpenAI-compatible server on loopback that streams what a test tells it, and keeps what it is asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface ProviderRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: {
    readonly model: string;
    readonly messages: readonly {
      readonly role: string;
      readonly content: unknown;
      readonly tool_calls?: unknown;
    }[];
    readonly tools?: readonly { readonly function: { readonly name: string } }[];
    readonly response_format?: unknown;
    readonly max_tokens?: number;
    readonly temperature?: number;
  };
}

export interface ProviderAnswer {
  readonly text?: string;
  readonly toolCalls?: readonly {
    readonly id?: string;
    readonly name: string;
    readonly input: unknown;
  }[];
  readonly usage?: {
    readonly input: number;
    readonly output: number;
    readonly cached?: number;
    readonly reasoning?: number;
  };
  readonly finish?: string;
  /** A status instead of an answer. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly error?: string;
  /** Breaks the connection off after so many pieces of the stream. */
  readonly dropAfter?: number;
  /** Waits before it begins. */
  readonly delayMs?: number;
}

export interface ProviderServer {
  /** What `base_url` is to be. */
  readonly url: string;
  /** All that it was asked, in order. */
  readonly requests: readonly ProviderRequest[];
  close(): Promise<void>;
}

export type ProviderScript = (
  request: ProviderRequest,
  number: number,
) => ProviderAnswer | Promise<ProviderAnswer>;

/** @param answer says what comes of a request; the first has the number 0 */
export async function startProviderServer(answer: ProviderScript): Promise<ProviderServer> {
  const requests: ProviderRequest[] = [];
  const server = createServer((request, response) => {
    void serve(request, response).catch(() => response.destroy());
  });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { url: path = '', headers } = request;
    const kept = { path, headers, body: JSON.parse(Buffer.concat(chunks).toString()) };
    const number = requests.push(kept) - 1;
    const told = await answer(kept, number);
    if (told.delayMs !== undefined) await new Promise((r) => setTimeout(r, told.delayMs));
    if (told.status !== undefined) refuse(response, told);
    else stream(response, { told, model: kept.body.model, number });
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function refuse(response: ServerResponse, { status = 500, headers = {}, error }: ProviderAnswer) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(
    JSON.stringify({ error: { message: error ?? `status ${status}`, type: 'refused' } }),
  );
}

interface Streaming {
  readonly told: ProviderAnswer;
  readonly model: string;
  readonly number: number;
}

function stream(response: ServerResponse, { told, model, number }: Streaming): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const pieces = piecesOf(told, number);
  const base = { id: `chatcmpl-${number}`, object: 'chat.completion.chunk', created: 0, model };
  for (const [index, piece] of pieces.entries()) {
    if (index === told.dropAfter) {
      // What has been written has to leave before the connection breaks.
      response.write(':\n\n', () => response.destroy());
      return;
    }
    response.write(`data: ${JSON.stringify({ ...base, ...piece })}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

function piecesOf(told: ProviderAnswer, number: number): readonly object[] {
  const { text = '', toolCalls = [], usage = { input: 100, output: 20 } } = told;
  const delta = (content: object) => ({
    choices: [{ index: 0, delta: content, finish_reason: null }],
  });
  const words = text.match(/\S+\s*|\s+/g) ?? [];
  const calls = toolCalls.flatMap(({ id = `call_${number}`, name, input }, index) => {
    const json = JSON.stringify(input);
    const half = Math.ceil(json.length / 2);
    const first = {
      index,
      id,
      type: 'function',
      function: { name, arguments: json.slice(0, half) },
    };
    return [
      delta({ tool_calls: [first] }),
      delta({ tool_calls: [{ index, function: { arguments: json.slice(half) } }] }),
    ];
  });
  const reason = told.finish ?? (toolCalls.length > 0 ? 'tool_calls' : 'stop');
  return [
    delta({ role: 'assistant', content: '' }),
    ...words.map((content) => delta({ content })),
    ...calls,
    { choices: [{ index: 0, delta: {}, finish_reason: reason }] },
    {
      choices: [],
      usage: {
        prompt_tokens: usage.input,
        completion_tokens: usage.output,
        total_tokens: usage.input + usage.output,
        prompt_tokens_details: { cached_tokens: usage.cached ?? 0 },
        completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
      },
    },
  ];
}
