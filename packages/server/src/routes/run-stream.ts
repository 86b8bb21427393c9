/** Following one run: as server-sent events, or over a WebSocket. */
import { Readable } from 'node:stream';
import { RunStreamMessageSchema } from '@tenuto/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { RunStreams } from '../services/run-stream.ts';
import type { RunStream } from '../services/run-stream-message.ts';
import { eventText } from '../services/run-stream-wire.ts';
import { callerOf, type Typed, visitOf } from './request.ts';
import { closed, problems, RunParameters } from './schemas.ts';

const EVENTS = 'text/event-stream';

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

/** What speaks over WebSockets has to be added to the server before. */
export function addRunStreamRoute(instance: FastifyInstance, streams: RunStreams): void {
  const app: Typed = instance.withTypeProvider();
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
      const { origin, host } = request.headers;
      const stream = await streams.open(callerOf(request), {
        ...{ runId: request.params.run_id, visit: visitOf(request), site: { origin, host } },
        // A browser that comes back asks for the same address, and says in the header how far it is.
        after: request.headers['last-event-id'] || request.query.after,
      });
      opened.set(request.raw, stream);
      const { socket } = request.raw;
      // Who left meanwhile is not heard to close any more.
      if (socket.destroyed) stream.close();
      socket.on('close', stream.close);
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
    wsHandler: (socket, request) => streams.speak(socket, streamOf(request)),
  });
}
