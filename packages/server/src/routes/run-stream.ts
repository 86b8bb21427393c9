/** Following one run: as server-sent events, or over a WebSocket. */
import { Readable } from 'node:stream';
import websocket, { type WebSocket } from '@fastify/websocket';
import { RunStreamMessageSchema } from '@tenuto/contract';
import type { Clock } from '@tenuto/engine';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { whoAgain } from '../auth/again.ts';
import type { Readers } from '../auth/credentials.ts';
import { refuseForeignOrigin } from '../http/origin.ts';
import type { RunStream, RunStreams, StreamMessage } from '../services/run-stream.ts';
import { callerOf, type Typed, visitOf } from './request.ts';
import { closed, problems, RunParameters } from './schemas.ts';

const EVENTS = 'text/event-stream';
/** What clients say over a WebSocket is not listened to. */
const MOST_HEARD_BYTES = 1_024;
/** A WebSocket that is closed waits so long for the other side. */
const CLOSE_MS = 2_000;

interface StreamParts {
  readonly streams: RunStreams;
  readonly readers: Readers;
  readonly clock: Clock;
  readonly origins: readonly string[];
}

const after = Type.String({
  maxLength: 50,
  description: 'The number of the last entry that was seen: goes on behind it, without a gap.',
  examples: ['17'],
});
const Messages = Type.Unsafe<Readable>(
  Type.String({
    description:
      'One message an entry, its `id` the number, its data as in x-message; `progress` and `close` ' +
      'are events of those names. A WebSocket carries the same as frames of JSON.',
    examples: ['id: 7\ndata: {"seq":7,"type":"run","from":"queued","to":"running"}\n\n'],
    'x-message': RunStreamMessageSchema,
  }),
);

/** To be registered before the routes: what speaks WebSocket is added to the server. */
export async function addWebSockets(
  app: FastifyInstance,
  { streams, clock }: Pick<StreamParts, 'streams' | 'clock'>,
): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: MOST_HEARD_BYTES, clientTracking: true },
    preClose(this: FastifyInstance, done) {
      streams.close();
      const { clients } = this.websocketServer;
      const cancel = clock.after(CLOSE_MS, () => {
        for (const socket of clients) socket.terminate();
      });
      if (clients.size === 0) cancel();
      done();
    },
  });
}

export function addRunStreamRoute(instance: FastifyInstance, parts: StreamParts): void {
  const app: Typed = instance.withTypeProvider();
  const { streams, readers, clock, origins } = parts;
  const opened = new WeakMap<FastifyRequest['raw'], RunStream>();
  const streamOf = ({ raw }: Pick<FastifyRequest, 'raw'>): RunStream => {
    const stream = opened.get(raw);
    if (stream === undefined) throw new Error('a stream was reached that was not opened');
    return stream;
  };
  app.addHook('preClose', async () => streams.close());
  app.route({
    method: 'GET',
    url: '/api/v1/runs/:run_id/stream',
    config: { scope: 'runs:read', produces: [EVENTS, 'text/*', '*/*'], tool: false },
    schema: {
      ...{ tags: ['runs'], summary: 'Follow a run, as server-sent events or over a WebSocket' },
      produces: [EVENTS],
      params: RunParameters,
      headers: Type.Object({ 'last-event-id': Type.Optional(after) }),
      querystring: Type.Object({ after: Type.Optional(after) }, closed),
      response: {
        200: Messages,
        204: Type.Null({
          description: 'The run is over, and all of it was seen: browsers do not come back.',
        }),
        ...problems(404),
      },
    },
    async preHandler(request) {
      refuseForeignOrigin(request, origins);
      const visit = visitOf(request);
      const stream = await streams.open(callerOf(request), {
        runId: request.params.run_id,
        // A browser that comes back asks for the same address, and says in the header how far it is.
        after: request.headers['last-event-id'] || request.query.after,
        who: () => whoAgain(visit, readers),
      });
      opened.set(request.raw, stream);
      request.raw.socket.on('close', stream.close);
    },
    async handler(request, reply) {
      const stream = streamOf(request);
      // The answer closes at once when nobody looks on; what it is read from would first wait for more.
      reply.raw.on('close', stream.close);
      if (stream.done) return reply.code(204).send(null);
      stream.onStuck(() => reply.raw.destroy());
      const body = Readable.from(eventText(stream), { highWaterMark: 1 }).on('close', stream.close);
      // Kept alive behind the stream, the connection would hold up a server that stops.
      const held = { connection: 'close', 'x-accel-buffering': 'no' };
      reply.headers({ 'cache-control': 'no-store', ...held });
      return reply.type(EVENTS).send(body);
    },
    wsHandler: (socket, request) => speak(socket, streamOf(request), clock),
  });
}

/** How soon browsers come back when a stream breaks off. */
const GREETING = 'retry: 1000\n\n';

async function* eventText({ messages }: RunStream): AsyncGenerator<string, void> {
  yield GREETING;
  for await (const message of messages) yield eventOf(message);
}

function eventOf(message: StreamMessage): string {
  switch (message.kind) {
    case 'entries':
      return message.entries
        .map(({ seq, text }) => `id: ${seq}\ndata: ${numbered(seq, text)}\n\n`)
        .join('');
    case 'progress':
      return `event: progress\ndata: ${JSON.stringify(message.progress)}\n\n`;
    case 'idle':
      return ': \n\n';
    case 'close':
      return `event: close\ndata: ${JSON.stringify(message.close)}\n\n`;
  }
}

/** The text of an entry, an object that is not empty, with its number as the first field. */
function numbered(seq: number, text: string): string {
  return `{"seq":${seq},${text.slice(1)}`;
}

/** Sends what comes, each page once the one before has left; ends with the code that says why. */
async function speak(socket: WebSocket, stream: RunStream, clock: Clock): Promise<void> {
  let heard = true;
  socket.on('close', stream.close).on('pong', () => {
    heard = true;
  });
  const cut = () => socket.terminate();
  stream.onStuck(cut);
  for await (const message of stream.messages) {
    if (socket.readyState !== socket.OPEN) return;
    if (message.kind === 'close') {
      await sent(socket, [JSON.stringify(message.close)]);
      socket.close(message.code, message.close.reason);
      socket.once('close', clock.after(CLOSE_MS, cut));
      return;
    }
    if (message.kind === 'idle') {
      if (!heard) return cut();
      heard = false;
      socket.ping();
    } else if (message.kind === 'progress') {
      await sent(socket, [JSON.stringify(message.progress)]);
    } else {
      await sent(
        socket,
        message.entries.map(({ seq, text }) => numbered(seq, text)),
      );
    }
  }
}

/** Resolves once the last of these has left this process; a socket that is gone ends by its event. */
function sent(socket: WebSocket, frames: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const last = frames.length - 1;
    frames.forEach((frame, i) => {
      if (i < last) socket.send(frame, () => undefined);
      else socket.send(frame, () => resolve());
    });
  });
}
