import websocket from '@fastify/websocket';
import type { Clock } from '@tenuto/engine';
import type { FastifyInstance } from 'fastify';

/** What clients say is not listened to. */
const MOST_HEARD_BYTES = 1_024;
/** Those that do not answer a closing are cut off after so long. */
const CLOSE_MS = 2_000;

/**
 * Lets routes speak over WebSockets; to be registered before them. What closes them when the server
 * stops is for the routes to say; sockets that then linger are cut off.
 */
export async function addWebSockets(app: FastifyInstance, clock: Clock): Promise<void> {
  await app.register(websocket, {
    options: { maxPayload: MOST_HEARD_BYTES },
    preClose(this: FastifyInstance, done) {
      const { clients } = this.websocketServer;
      const cancel = clock.after(CLOSE_MS, () => {
        for (const socket of clients) socket.terminate();
      });
      if (clients.size === 0) cancel();
      done();
    },
  });
}
