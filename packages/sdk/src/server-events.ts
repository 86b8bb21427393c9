/** Server-sent events: opened with a token, which browsers' own EventSource cannot send, and read. */
import { ApiError, ConnectionError, ProtocolError, readProblem } from './errors.ts';
import { readRetryAfter } from './retry.ts';
import type { TransportOptions } from './transport.ts';

export interface ServerEvent {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

export interface OpenOptions {
  /** The id of the last event that was seen. */
  readonly last: string | undefined;
  readonly signal: AbortSignal | undefined;
}

const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 10_000;
/** Servers say something every 15 s; one that has said nothing for so long is not there any more. */
const SILENCE_MS = 45_000;

/**
 * Opens a stream behind the last event that was seen.
 * @returns undefined when there is nothing more to come, for good
 * @throws ApiError, ConnectionError, ProtocolError
 */
export async function openEvents(
  transport: TransportOptions,
  path: string,
  { last, signal }: OpenOptions,
): Promise<ReadableStream<Uint8Array> | undefined> {
  let response: Response;
  try {
    response = await transport.fetch(transport.base + path, {
      headers: {
        accept: 'text/event-stream',
        ...(transport.token !== undefined && { authorization: `Bearer ${transport.token}` }),
        ...(last !== undefined && { 'last-event-id': last }),
      },
      redirect: 'manual',
      ...(signal !== undefined && { signal }),
    });
  } catch (cause) {
    throw new ConnectionError(transport.base, cause);
  }
  if (response.status === 204) return undefined;
  if (!response.ok) throw await refusal(response, transport.surroundings.now());
  const type = response.headers.get('content-type') ?? '';
  if (response.body === null || !type.startsWith('text/event-stream')) {
    throw new ProtocolError(`${transport.base} did not answer with a stream of events.`);
  }
  return response.body;
}

async function refusal(response: Response, now: number): Promise<ApiError> {
  let body: unknown;
  try {
    body = JSON.parse(await response.text());
  } catch {
    // An error without a body has its status.
  }
  const waitMs = readRetryAfter(response.headers.get('retry-after'), now);
  return new ApiError(
    readProblem(response.status, body),
    waitMs === undefined ? undefined : waitMs / 1_000,
  );
}

/** Coming back helps against what passes: no answer, too many streams, a server that goes down. */
export function isFinal(error: unknown): boolean {
  if (error instanceof ApiError) return error.status !== 429 && error.status < 500;
  return error instanceof ProtocolError;
}

/** Waits before a stream is opened again: longer each time, until something has been heard of it. */
export interface Patience {
  heard(): void;
  /** @param error why the stream has ended, where it was one: a server may say how long it wants to be left alone */
  wait(error: unknown, signal: AbortSignal | undefined): Promise<void>;
}

export function createPatience({ surroundings }: TransportOptions): Patience {
  let delayMs = FIRST_DELAY_MS;
  return {
    heard() {
      delayMs = FIRST_DELAY_MS;
    },
    wait(error, signal) {
      const asked = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1_000 : 0;
      // Those that a server has lost together do not all come back at the same moment.
      const own = delayMs * (0.5 + surroundings.random() / 2);
      delayMs = Math.min(delayMs * 2, LAST_DELAY_MS);
      return surroundings.sleep(Math.max(asked, own), signal);
    },
  };
}

/** The events of a stream, until it ends or breaks off; one that has gone silent counts as broken. */
export async function* eventsOf(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunksOf(body)) {
    text = (text + decoder.decode(chunk, { stream: true })).replaceAll('\r\n', '\n');
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield eventOf(block);
  }
}

/** Not every browser lets a stream be iterated. */
async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), silence()]);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function silence(): Promise<never> {
  const signal = AbortSignal.timeout(SILENCE_MS);
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function eventOf(block: string): ServerEvent {
  const event: { id?: string; event?: string; data?: string } = {};
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([a-z]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === 'id' || name === 'event') event[name] = value;
    if (name === 'data') event.data = event.data === undefined ? value : `${event.data}\n${value}`;
  }
  return event;
}
