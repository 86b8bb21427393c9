import type { Socket } from 'node:net';
import type { Clock } from '@tenuto/engine';
import type { FastifyInstance } from 'fastify';

/** Who has connected and asked nothing may have a request on the way. */
const SILENT_MS = 1_000;
/** What is still being answered may come to its end: downloads, and who waits for a phase. */
const ANSWER_MS = 10_000;

/**
 * Bounds how long connections hold up a server that stops. It closes those that are idle behind an
 * answer by itself; of those that have never sent a whole request it would wait for the head of one.
 */
export function addClosing(app: FastifyInstance, clock: Clock): void {
  const silent = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  app.server.on('request', ({ socket }) => silent.delete(socket));
  app.server.on('upgrade', ({ socket }) => silent.delete(socket));
  app.addHook('preClose', async () => {
    const cancels = [
      clock.after(SILENT_MS, () => {
        for (const socket of silent) socket.destroy();
      }),
      clock.after(ANSWER_MS, () => app.server.closeAllConnections()),
    ];
    app.server.once('close', () => {
      for (const cancel of cancels) cancel();
    });
  });
}
