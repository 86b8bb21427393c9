import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { ADMIN, startApi } from './server.ts';

/** Without a bound it would take minutes, or for ever; the bound is about ten seconds. */
const LONG_MS = 45_000;

const HELD = {
  'has sent nothing': '',
  'has sent half of a head': 'GET /health HTTP/1.1\r\nhost: x\r\n',
  'has sent half of a body': `POST /api/v1/runs HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ADMIN}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"profile":`,
  'was answered once and has begun again':
    'GET /health HTTP/1.1\r\nhost: x\r\n\r\nGET /health HTTP/1.1\r\nhost:',
};

it('a server that stops is held up by no connection', { timeout: 60_000 }, async () => {
  const api = await startApi();
  const { port } = new URL(api.url);
  const sockets: Socket[] = [];
  for (const sent of Object.values(HELD)) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    socket.write(sent);
  }
  // They have been taken on by the server before it stops.
  expect((await api.call('/health')).status).toBe(200);
  const begun = performance.now();
  await api[Symbol.asyncDispose]();
  expect(performance.now() - begun).toBeLessThan(LONG_MS);
  for (const socket of sockets) socket.destroy();
});
