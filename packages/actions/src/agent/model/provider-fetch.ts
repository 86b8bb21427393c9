import { type Agent, fetch as guardedFetch } from 'undici';
import { judgeUrl } from '../../http/address-guard.ts';
import { type AllowList, parseAllowList } from '../../http/allow-list.ts';
import { blocked } from '../../http/failure.ts';
import { AGENT_LIMITS } from '../limits.ts';
import { BrokenAnswer } from './model-call.ts';

/**
 * The `fetch` that providers get: through the guard that all requests of runs go through. It follows
 * no redirects, so that a key goes nowhere but where the operator sends it.
 */
export function providerFetch(agent: Agent, allow: AllowList): typeof fetch {
  return async (address, init = {}) => {
    const url = address instanceof Request ? address.url : String(address);
    const verdict = judgeUrl(url, allow);
    if (!verdict.allowed) throw blocked(URL.parse(url)?.host ?? '', verdict.reason);
    const { signal, body, method = 'GET' } = init;
    const answer = await guardedFetch(url, {
      ...{ method, dispatcher: agent, redirect: 'error' },
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(signal != null && { signal }),
      ...(typeof body === 'string' && { body }),
    });
    return new Response(answer.ok ? bounded(answer.body) : cut(answer.body), {
      status: answer.status,
      statusText: answer.statusText,
      headers: Object.fromEntries(answer.headers),
    });
  };
}

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

const LINE_END = 10;

/** Who reads events keeps a line until its end, and all that a tool is called with: neither may grow for ever. */
function bounded(body: ReadableStream | null): Bytes | null {
  let whole = 0;
  let line = 0;
  return through(body, (piece, out) => {
    whole += piece.length;
    const end = piece.lastIndexOf(LINE_END);
    line = end < 0 ? line + piece.length : piece.length - end - 1;
    const { wireBytes, wireLineBytes } = AGENT_LIMITS;
    if (whole > wireBytes) throw tooLong(`The answer has more than ${wireBytes} bytes.`);
    if (line > wireLineBytes) {
      throw tooLong(`A line of the answer has more than ${wireLineBytes} bytes.`);
    }
    out.enqueue(piece);
  });
}

function tooLong(message: string): BrokenAnswer {
  return new BrokenAnswer('too_long', message);
}

/** Of a refusal its beginning is enough. */
function cut(body: ReadableStream | null): Bytes | null {
  let left: number = AGENT_LIMITS.wireRefusalBytes;
  return through(body, (piece, out) => {
    out.enqueue(piece.subarray(0, left));
    left -= piece.length;
    if (left <= 0) out.terminate();
  });
}

function through(
  body: ReadableStream | null,
  transform: (
    piece: Uint8Array<ArrayBuffer>,
    out: TransformStreamDefaultController<Uint8Array<ArrayBuffer>>,
  ) => void,
): Bytes | null {
  return body === null ? null : body.pipeThrough(new TransformStream({ transform }));
}

/** Hosts that the operator has named as providers may be private, like those of `TENUTO_HTTP_ALLOW`. */
export function providerAllow(
  httpAllow: readonly string[],
  baseUrls: readonly string[],
): AllowList {
  const hosts = baseUrls.flatMap((url) => {
    const parsed = URL.parse(url);
    if (parsed === null) return [];
    const port = parsed.port || (parsed.protocol === 'https:' ? '443' : '80');
    return [`${parsed.hostname}:${port}`];
  });
  return parseAllowList([...httpAllow, ...hosts]);
}
