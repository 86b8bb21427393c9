import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '@tenuto/contract';
import type { ActionCall, ActionOutcome } from '@tenuto/engine';
import { onTestFinished } from 'vitest';
import { callWith, manualClock, serve } from '../src/http/http.fixture.ts';
import { type HttpRequestOptions, httpRequest } from '../src/http/index.ts';
import type { FindChannel, NotifyChannel } from '../src/notify/channel.ts';
import { webhookSecret } from '../src/notify/signature.ts';
import { notifyWebhook } from '../src/notify/webhook.ts';

export const SECRET = webhookSecret(Buffer.alloc(32, 1));

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on loopback that answers as told, one answer after another, the last from then on. */
export async function receiver(
  ...answers: readonly { status: number; headers?: Record<string, string>; body?: string }[]
) {
  const received: Received[] = [];
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = answers[Math.min(received.length, answers.length - 1)] ?? { status: 204 };
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  return { url, received };
}

/** Channels of the owner `somebody`, by name. */
export function channels(known: Readonly<Record<string, NotifyChannel>>): FindChannel {
  return async (owner, name) => (owner === 'somebody' ? known[name] : undefined);
}

/** The action on a clock that says the real time, and sets no timers that fire. */
export function openWebhook(find: FindChannel, options: Partial<HttpRequestOptions> = {}) {
  const clock = { ...manualClock(), wall: () => Date.now() };
  const http = httpRequest({ clock, allow: ['127.0.0.1'], ...options });
  onTestFinished(() => http.close());
  const action = notifyWebhook({ http, clock, channel: find });
  return async (parameters: JsonObject, over: Partial<ActionCall> = {}): Promise<ActionOutcome> =>
    action.run(callWith(parameters, { uses: 'notify.webhook', ...over }));
}
