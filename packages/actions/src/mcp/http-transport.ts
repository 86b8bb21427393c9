import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { FetchLike, Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { Clock, McpServerSpec } from '@tenuto/engine';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { type Agent, fetch as guardedFetch } from 'undici';
import { judgeUrl } from '../http/address-guard.ts';
import type { AllowList } from '../http/allow-list.ts';
import { blocked } from '../http/failure.ts';
import { statusError } from '../http/status.ts';
import { McpFailure, mcpFailure } from './failure.ts';
import { MCP_LIMITS } from './limits.ts';

export interface HttpReach {
  readonly agent: Agent;
  readonly allow: AllowList;
  readonly clock: Pick<Clock, 'wall' | 'after'>;
}

interface HttpTransport extends Transport {
  /** Tells the server that its session is over. */
  terminateSession(): Promise<void>;
}

/**
 * Streamable HTTP through the guard that all requests of runs go through. What a server sends is
 * bounded, redirects are an error, and no standing stream is opened: nothing is expected but answers.
 *
 * @param lost is told of calls whose answer cannot come any more
 */
export function httpTransport(
  server: Pick<McpServerSpec, 'url' | 'headers'>,
  reach: HttpReach,
  lost: (call: string) => void,
): HttpTransport {
  return new StreamableHTTPClientTransport(new URL(server.url), {
    fetch: bounded(reach, lost),
    requestInit: { headers: { ...server.headers } },
  });
}

function bounded({ agent, allow, clock }: HttpReach, lost: (call: string) => void): FetchLike {
  return async (address, init = {}) => {
    const url = String(address);
    const verdict = judgeUrl(url, allow);
    if (!verdict.allowed) throw blocked(URL.parse(url)?.host ?? '', verdict.reason);
    const headers = new Headers(init.headers);
    const method = init.method ?? 'GET';
    // A standing stream is offered, not needed; one that was cut off is taken up again.
    if (method === 'GET' && !headers.has('last-event-id'))
      return new Response(null, { status: 405 });
    const answer = await guardedFetch(url, {
      ...{ method, dispatcher: agent, redirect: 'error' },
      headers: Object.fromEntries(headers),
      ...(init.signal !== undefined && { signal: init.signal }),
      ...(typeof init.body === 'string' && { body: init.body }),
    });
    if (method === 'POST' && answer.status >= 400) {
      await answer.body?.cancel();
      throw refusal(answer.status, headers, answer.headers.get('retry-after') ?? undefined, clock);
    }
    const isStream = answer.headers.get('content-type')?.includes('text/event-stream');
    const ended = () => clock.after(MCP_LIMITS.cutOffMs, () => forget(init.body, lost));
    const body = answer.body && limited(answer.body, isStream ? ended : () => undefined);
    return new Response(body, {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
    });
  };
}

function refusal(
  status: number,
  sent: Headers,
  retryAfter: string | undefined,
  clock: Pick<Clock, 'wall'>,
): McpFailure {
  if (status === 404 && sent.has('mcp-session-id')) {
    return mcpFailure('transient', 'mcp_session_lost', 'The server does not know its session.');
  }
  const subject = 'The MCP server';
  return new McpFailure(statusError({ status, retryAfter, subject, nowMs: clock.wall() }), {
    sent: status >= 500 && status !== 503,
  });
}

/** Where a call says which one it is. */
export const CALL_KEY = 'tenuto/call';

const Marked = Type.Object({
  params: Type.Object({ _meta: Type.Object({ [CALL_KEY]: Type.String() }) }),
});

function forget(body: unknown, lost: (call: string) => void): void {
  const sent: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
  if (Check(Marked, sent)) lost(sent.params._meta[CALL_KEY]);
}

const EVENT_ID = /^id:/m;

/** @param ended is called when nothing more comes and nothing says where to go on */
function limited(body: ReadableStream<Uint8Array>, ended: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let bytes = 0;
  let resumable = false;
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          if (!resumable) ended();
          return;
        }
        bytes += value.length;
        resumable ||= EVENT_ID.test(decoder.decode(value, { stream: true }));
        if (bytes > MCP_LIMITS.messageBytes) {
          throw mcpFailure('permanent', 'response_too_large', TOO_LARGE, { sent: true });
        }
        controller.enqueue(value);
      } catch (error) {
        await reader.cancel().catch(() => undefined);
        controller.error(error);
        if (!resumable || bytes > MCP_LIMITS.messageBytes) ended();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

const TOO_LARGE = `An answer is longer than ${MCP_LIMITS.messageBytes} bytes.`;
