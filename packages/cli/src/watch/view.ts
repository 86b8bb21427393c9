import type { Io } from '../io.ts';
import type { Output } from '../output.ts';
import { statusText } from '../terminal/status.ts';
import { printable } from '../terminal/text.ts';
import { renderFrame } from './frame.ts';
import { nodeDetail } from './node-text.ts';
import type { Outline } from './outline.ts';
import { createScreen } from './screen.ts';
import { type Change, changesBetween, type Snapshot } from './snapshot.ts';

/** How a watched job is shown. */
export interface View {
  update(snapshot: Snapshot): void;
  /** The server cannot be reached at the moment. */
  away(error: Error): void;
  /** Nothing is shown after this. */
  close(): void;
}

interface ViewOptions {
  readonly io: Io;
  readonly output: Output;
  readonly outline: Outline;
}

/** A live picture on a terminal, documents with --json, else a line for each change. */
export function createView(options: ViewOptions): View {
  const { io, output } = options;
  if (output.isJson)
    return createStreamView(options, (change) => output.event(changeEvent(change)));
  const isLive = io.isTerminal && !io.env.CI && !io.env.NO_COLOR && io.env.TERM !== 'dumb';
  if (isLive) return createLiveView(options);
  return createStreamView(options, (change) => output.say(changeLine(change, options)));
}

/** Ten frames a second, and only while there is something to show. */
const FRAME_MS = 100;
/** A quarter turn of the ring in this many milliseconds. */
const TURN_MS = 200;

function createLiveView({ io, output, outline }: ViewOptions): View {
  const screen = createScreen(io.stdout);
  let snapshot: Snapshot | undefined;
  let notice: string | undefined;
  const stop = io.every(FRAME_MS, () => {
    if (snapshot === undefined) return;
    const { width, height } = io.size();
    const now = io.now();
    const lines = renderFrame(snapshot, {
      outline,
      palette: output.palette,
      width,
      // The line after the last one belongs to the cursor.
      height: height - 1,
      now,
      turn: Math.floor(now / TURN_MS),
      ...(notice !== undefined && { notice }),
    });
    screen.draw(lines);
  });
  return {
    update: (latest) => {
      snapshot = latest;
      notice = undefined;
    },
    away: (error) => {
      notice = `${error.message}; trying again`;
    },
    close: () => {
      stop();
      screen.clear();
    },
  };
}

function createStreamView({ output }: ViewOptions, show: (change: Change) => void): View {
  let last: Snapshot | undefined;
  let isAway = false;
  return {
    update: (snapshot) => {
      isAway = false;
      for (const change of changesBetween(last, snapshot)) show(change);
      last = snapshot;
    },
    away: (error) => {
      if (!isAway) output.note(`${printable(error.message)}; trying again`);
      isAway = true;
    },
    close: () => {},
  };
}

function changeLine(change: Change, { output }: ViewOptions): string {
  if (change.kind === 'job') return `${statusText(change.status, output.palette)} (the job)`;
  const { node } = change;
  const detail = nodeDetail(node);
  const name = `${statusText(node.status, output.palette)}  ${printable(node.node_id)}`;
  return detail === '' ? name : `${name}  ${detail}`;
}

function changeEvent(change: Change): Readonly<Record<string, unknown>> {
  return change.kind === 'job'
    ? { type: 'job', status: change.status }
    : { type: 'node', node: change.node };
}
