/** Those who follow a run, as tests look on: by server-sent events and over WebSockets. */
import { get } from 'node:http';
import type { RunFeedEntry, RunProgressView, StreamClose } from '@tenuto/contract';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { ADMIN } from './server.ts';

export interface Followed {
  readonly entries: RunFeedEntry[];
  readonly progress: RunProgressView[];
  /** What the server said last, or undefined when it broke off. */
  closed: StreamClose | undefined;
  /** Status of the answer; the code of a WebSocket that was closed. */
  code: number | undefined;
  /** Resolves when the stream has ended, one way or another. */
  readonly ended: Promise<void>;
  close(): void;
}

export interface FollowOptions {
  /** The administrator's unless said; null sends none. */
  readonly token?: string | null;
  readonly after?: number;
  readonly headers?: Record<string, string>;
}

const pathOf = (runId: string) => `/api/v1/runs/${runId}/stream`;

function credentials({ token = ADMIN }: FollowOptions): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

function take(followed: Followed, text: string): void {
  const message = JSON.parse(text);
  if (message.type === 'progress') followed.progress.push(message);
  else if (message.type === 'close') followed.closed = message;
  else followed.entries.push(message);
}

/** Follows by server-sent events until the stream ends, on a connection of its own. */
export function followEvents(url: string, runId: string, options: FollowOptions = {}): Followed {
  const { after, headers } = options;
  const asked = get(new URL(pathOf(runId), url), {
    agent: false,
    headers: {
      ...{ accept: 'text/event-stream', ...credentials(options) },
      ...(after !== undefined && { 'last-event-id': String(after) }),
      ...headers,
    },
  });
  onTestFinished(() => void asked.destroy());
  const followed: Followed = {
    ...{ entries: [], progress: [], closed: undefined, code: undefined },
    ended: new Promise((resolve) => {
      asked.on('error', () => resolve());
      asked.on('response', (response) => {
        followed.code = response.statusCode;
        readEvents(response.setEncoding('utf8'), followed).then(resolve, () => resolve());
      });
    }),
    close: () => asked.destroy(),
  };
  return followed;
}

async function readEvents(chunks: AsyncIterable<string>, followed: Followed): Promise<void> {
  let text = '';
  for await (const chunk of chunks) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (data !== undefined) take(followed, data);
    }
  }
}

/** Follows over a WebSocket until it is closed. */
export function followSocket(url: string, runId: string, options: FollowOptions = {}): Followed {
  const address = new URL(pathOf(runId), url.replace(/^http/, 'ws'));
  if (options.after !== undefined) address.searchParams.set('after', String(options.after));
  const socket = new WebSocket(address, {
    headers: { ...credentials(options), ...options.headers },
  });
  onTestFinished(() => socket.terminate());
  const followed: Followed = {
    ...{ entries: [], progress: [], closed: undefined, code: undefined },
    ended: new Promise((resolve) => {
      socket.on('close', (code) => {
        followed.code ??= code;
        resolve();
      });
      socket.on('unexpected-response', (_request, response) => {
        followed.code = response.statusCode;
        socket.terminate();
        resolve();
      });
      socket.on('error', () => resolve());
    }),
    close: () => socket.terminate(),
  };
  socket.on('message', (data) => take(followed, String(data)));
  return followed;
}

/** The numbers of entries, which are to be from the first one on without gaps. */
export function numbersOf({ entries }: Pick<Followed, 'entries'>): number[] {
  return entries.map(({ seq }) => seq);
}

export function upTo(last: number, from = 1): number[] {
  return Array.from({ length: last - from + 1 }, (_, i) => from + i);
}
