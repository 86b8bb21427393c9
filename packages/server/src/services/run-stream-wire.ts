/** A run's stream as it goes over the wire: server-sent events, or frames of a WebSocket. */
import type { Clock } from '@tenuto/engine';
import type { RunStream, StreamMessage } from './run-stream-message.ts';

/** How soon browsers come back when a stream breaks off. */
const GREETING = 'retry: 1000\n\n';
/** A WebSocket that is closed waits so long for the other side. */
const CLOSE_MS = 2_000;

/** Server-sent events: entries as messages under their numbers, the rest under the names of events. */
export async function* eventText({ messages }: RunStream): AsyncGenerator<string, void> {
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

/** As much of a WebSocket as it takes to speak over one. */
export interface Socket {
  readonly readyState: number;
  readonly OPEN: number;
  send(frame: string, sent: (error?: Error) => void): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: 'close' | 'pong', heard: () => void): unknown;
}

/** Sends what comes, each page once the one before has left; ends with the code that says why. */
export async function speak(socket: Socket, stream: RunStream, clock: Clock): Promise<void> {
  let heard = true;
  let cancel: () => void = () => undefined;
  const cut = () => socket.terminate();
  socket.on('close', () => {
    cancel();
    stream.close();
  });
  socket.on('pong', () => {
    heard = true;
  });
  stream.onStuck(cut);
  for await (const message of stream.messages) {
    if (socket.readyState !== socket.OPEN) return;
    if (message.kind === 'close') {
      await sent(socket, [JSON.stringify(message.close)]);
      socket.close(message.code, message.close.reason);
      cancel = clock.after(CLOSE_MS, cut);
      return;
    }
    if (message.kind !== 'idle') {
      await sent(socket, framesOf(message));
    } else if (heard) {
      heard = false;
      socket.ping();
    } else {
      cut();
    }
  }
}

function framesOf(
  message: Extract<StreamMessage, { kind: 'entries' | 'progress' }>,
): readonly string[] {
  return message.kind === 'progress'
    ? [JSON.stringify(message.progress)]
    : message.entries.map(({ seq, text }) => numbered(seq, text));
}

/** Resolves once the last of these has left this process; a socket that is gone ends by its event. */
function sent(socket: Socket, frames: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const last = frames.length - 1;
    frames.forEach((frame, i) => {
      socket.send(frame, i < last ? () => undefined : () => resolve());
    });
  });
}
