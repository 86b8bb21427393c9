import type { EventView } from '@tenuto/contract';
import { ApiError, ConnectionError, ProtocolError, readProblem } from './errors.ts';
import { eventShape } from './event-shapes.ts';
import type { CallOptions } from './reading.ts';
import type { TransportOptions } from './transport.ts';

export interface TailQuery {
  /** A topic, or a pattern of them. */
  readonly topic?: string;
  /** Goes on behind this event; absent, with what is published from now on. */
  readonly after?: string;
}

const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 10_000;

/** Reads a stream of server-sent events, and comes back behind the last one when it ends. */
export async function* tailEvents(
  transport: TransportOptions,
  path: string,
  { topic, after }: TailQuery = {},
  { signal }: CallOptions = {},
): AsyncGenerator<EventView, void> {
  const query = topic === undefined ? '' : `?topic=${encodeURIComponent(topic)}`;
  let last = after;
  let delayMs = FIRST_DELAY_MS;
  for (;;) {
    try {
      const body = await open(transport, path + query, { last, signal });
      for await (const message of messagesOf(body)) {
        last = message.id ?? last;
        delayMs = FIRST_DELAY_MS;
        if (message.event === undefined && message.data !== undefined) yield eventOf(message.data);
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (isFinal(error)) throw error;
    }
    await transport.surroundings.sleep(delayMs, signal);
    delayMs = Math.min(delayMs * 2, LAST_DELAY_MS);
  }
}

async function open(
  transport: TransportOptions,
  path: string,
  { last, signal }: { readonly last: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<ReadableStream<Uint8Array>> {
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
  if (!response.ok) throw await refusal(response);
  const type = response.headers.get('content-type') ?? '';
  if (response.body === null || !type.startsWith('text/event-stream')) {
    throw new ProtocolError(`${transport.base} did not answer with a stream of events.`);
  }
  return response.body;
}

async function refusal(response: Response): Promise<ApiError> {
  let body: unknown;
  try {
    body = JSON.parse(await response.text());
  } catch {
    // An error without a body has its status.
  }
  return new ApiError(readProblem(response.status, body), undefined);
}

/** Coming back helps against what passes: no answer, too many streams, a server that goes down. */
function isFinal(error: unknown): boolean {
  if (error instanceof ApiError) return error.status !== 429 && error.status < 500;
  return error instanceof ProtocolError;
}

interface Message {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
}

async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Message, void> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text = (text + decoder.decode(chunk, { stream: true })).replaceAll('\r\n', '\n');
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) yield messageOf(block);
  }
}

function messageOf(block: string): Message {
  const message: { id?: string; event?: string; data?: string } = {};
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([a-z]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === 'id' || name === 'event') message[name] = value;
    if (name === 'data')
      message.data = message.data === undefined ? value : `${message.data}\n${value}`;
  }
  return message;
}

function eventOf(data: string): EventView {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    // Told apart below.
  }
  if (eventShape(value)) return value;
  throw new ProtocolError('An event of the stream has another form than this client knows.');
}
