import type { Duplex } from 'node:stream';
import websocket from '@fastify/websocket';
import type { Clock } from '@tenuto/engine';
import type { FastifyInstance } from 'fastify';

/** What clients say is not listened to. */
const MOST_HEARD_BYTES = 1_024;
/** Those that do not answer a closing are cut off after so long. */
const CLOSE_MS = 2_000;

/**
 * Lets routes speak over WebSockets; to be registered before them. What closes them when the server
 * stops is for the routes to say. Connections that then linger are cut off, also those that have
 * asked for an upgrade and got none: the server itself does not know of them any more.
 */
export async function addWebSockets(app: FastifyInstance, clock: Clock): Promise<void> {
  const asked = new Set<Duplex>();
  app.server.on('upgrade', (_request, socket) => {
    asked.add(socket);
    socket.once('close', () => asked.delete(socket));
  });
  await app.register(websocket, {
    options: { maxPayload: MOST_HEARD_BYTES },
    preClose(done) {
      if (asked.size > 0) {
        clock.after(CLOSE_MS, () => {
          for (const socket of asked) socket.destroy();
        });
      }
      done();
    },
  });
}
