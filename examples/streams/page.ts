/**
 * Shows a run in a browser, by the browser's own EventSource. A page has no token: this hands its
 * requests on with one, to be seen on this machine alone.
 *
 *   TENUTO_TOKEN=... npx node examples/streams/page.ts
 *
 * and then http://127.0.0.1:8421/?run=RUN_ID
 */
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { join } from 'node:path';

const {
  TENUTO_URL: baseUrl = 'http://127.0.0.1:8420',
  TENUTO_TOKEN: token = '',
  PAGE_PORT: port = '8421',
} = process.env;
const page = await readFile(join(import.meta.dirname, 'page.html'));

const server = createServer((asked, answer) => {
  const path = asked.url ?? '/';
  if (!/^\/api\/v1\/runs\/[\w-]+\/stream$/.test(path)) {
    answer.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    return;
  }
  const last = asked.headers['last-event-id'];
  const headers = {
    accept: 'text/event-stream',
    authorization: `Bearer ${token}`,
    ...(last !== undefined && { 'last-event-id': last }),
  };
  const passed = request(new URL(path, baseUrl), { headers }, (stream) => {
    answer.writeHead(stream.statusCode ?? 502, {
      'content-type': stream.headers['content-type'] ?? 'application/json',
    });
    stream.pipe(answer);
    stream.on('error', () => answer.destroy());
  });
  // A server that restarts is away for a moment: the browser asks again.
  passed.on('error', () => answer.destroy());
  answer.on('close', () => passed.destroy());
  passed.end();
});
server.listen(Number(port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${port}/?run=RUN_ID`);
});
