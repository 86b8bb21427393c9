// Takes signed messages of Tenuto and says what they tell.
//
//   TENUTO_WEBHOOK_SECRET=whsec_... npx node examples/webhooks/receiver.ts
//
// It needs nothing but Node; the library `standardwebhooks` does the same in other languages.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const secret = process.env.TENUTO_WEBHOOK_SECRET ?? '';
const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
if (key.length === 0) throw new Error('Set TENUTO_WEBHOOK_SECRET to the secret of the channel.');
/** Older messages may have been recorded and sent again by somebody else. */
const TOLERANCE_SECONDS = 300;
/** In production a table: what was seen is not carried out again. */
const seen = new Set<string>();

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  // The signature is of the bytes as they came; parse them only afterwards.
  const body = Buffer.concat(chunks);
  const id = String(request.headers['webhook-id']);
  const timestamp = String(request.headers['webhook-timestamp']);
  const signatures = String(request.headers['webhook-signature']).split(' ');
  if (!isFresh(timestamp) || !signatures.some((one) => isGood(one, `${id}.${timestamp}.`, body))) {
    response.writeHead(401).end();
    return;
  }
  if (!seen.has(id)) {
    seen.add(id);
    const { type, data } = JSON.parse(body.toString());
    console.log(`${id} ${type} ${data.job_name ?? ''}`);
  }
  // Anything but 2xx makes it come again; 410 makes it stop for good.
  response.writeHead(204).end();
});

function isFresh(timestamp: string): boolean {
  return Math.abs(Date.now() / 1_000 - Number(timestamp)) <= TOLERANCE_SECONDS;
}

function isGood(signature: string, head: string, body: Buffer): boolean {
  const wanted = Buffer.from(
    `v1,${createHmac('sha256', key).update(head).update(body).digest('base64')}`,
  );
  const given = Buffer.from(signature);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

server.listen(Number(process.env.PORT ?? 8787), '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`listening ${address.port}`);
});
